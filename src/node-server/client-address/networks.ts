import { nodeNet } from "../../ground/node-modules.js"
import { unexpectedOption } from "../../ground/expect-option.js"
import { telegramNetworks } from "../../telegram/network-facts.js"

/** The name for clients of a unix socket, which have no address. */
export const unixCaller = "unix"

/** A set of IP addresses. */
export class Networks {
  readonly #blocks = new (nodeNet().BlockList)()
  #hasUnix = false

  /**
   * @param option the name of the option, for messages
   * @param value addresses, networks such as `192.0.2.0/24` and `2001:db8::/32`, `"unix"` for unix
   *   sockets, `"telegram"` for Telegram's networks
   * @throws TypeError for any other value
   */
  constructor(option: string, value: readonly string[]) {
    if (!Array.isArray(value)) unexpectedOption(option, "a list of addresses and networks", value)
    for (const network of value.flatMap(expanded)) this.#add(option, network)
  }

  /** Returns true if the set contains an address. An IPv4 address may be written as an IPv6 one. */
  includes(address: string): boolean {
    if (address === unixCaller) return this.#hasUnix
    return nodeNet().isIP(address) !== 0 && this.#blocks.check(address, familyOf(address))
  }

  #add(option: string, network: string): void {
    if (network === unixCaller) {
      this.#hasUnix = true
      return
    }
    const [, address = "", bits] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(network) ?? []
    const longest = nodeNet().isIPv4(address) ? 32 : 128
    if (nodeNet().isIP(address) === 0 || Number(bits ?? longest) > longest) {
      unexpectedOption(option, 'addresses, networks like 192.0.2.0/24, "telegram", "unix"', network)
    }
    this.#blocks.addSubnet(address, Number(bits ?? longest), familyOf(address))
  }
}

/** Replaces `"telegram"` by Telegram's networks. */
function expanded(network: unknown): readonly string[] {
  return network === "telegram" ? telegramNetworks : [String(network)]
}

function familyOf(address: string): "ipv4" | "ipv6" {
  return nodeNet().isIPv4(address) ? "ipv4" : "ipv6"
}
