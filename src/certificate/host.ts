import { nodeNet } from "../ground/node-modules.js"
import { domainToASCII } from "node:url"

/** A label of a host name: at most 63 characters, with the underscore that DNS permits. */
const label = /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/

/**
 * Returns a host in the form of certificates: in lower case, with an international name in ASCII (Punycode).
 *
 * @param name the name of the option with the host, for the message
 * @throws TypeError for a host to which Telegram cannot deliver
 */
export function expectHost(name: string, value: unknown): string {
  if (typeof value !== "string" || value === "") {
    throw new TypeError(`Expected the \`${name}\` option to be a host name or IPv4 address.`)
  }
  if (nodeNet().isIPv4(value)) return value
  if (nodeNet().isIPv6(value.replaceAll(/[[\]]/g, ""))) {
    throw new TypeError(
      `Telegram accepts no IPv6 address in a webhook URL: ${value}. Use a name or an IPv4 address.`,
    )
  }
  return expectName(name, value)
}

function expectName(option: string, value: string): string {
  const isWildcard = value.startsWith("*.")
  // `domainToASCII` would silently drop a port or path after the host.
  const isHost = !/[/\\?#@:%\s]/.test(value)
  const name = isHost ? domainToASCII(isWildcard ? value.slice(2) : value).toLowerCase() : ""
  const labels = name.split(".")
  const isNumeric = /^\d+$/.test(labels.at(-1) ?? "")
  if (isNumeric || name.length > 253 || !labels.every((part) => label.test(part))) {
    throw new TypeError(
      `Expected the \`${option}\` option to be a host name or IPv4 address, got ${JSON.stringify(value)}: ` +
        "give the host without https://, port and path, as in bot.example.com.",
    )
  }
  return isWildcard ? `*.${name}` : name
}
