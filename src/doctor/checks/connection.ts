import { telegramNetworksText } from "../../telegram/network-facts.js"
import { networkInterfaces } from "node:os"
import { BlockList, isIPv4 } from "node:net"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { probeTcp } from "../probes/tcp.js"
import type { Target } from "../probes/target.js"
import type { Evidence, ResolvedOptions } from "../evidence.js"

/** The check that the server accepts TCP connections. */
export const connectionCheck: Check = {
  name: "connection",
  title: "Connection",
  needs: ["url", "dns"],
  skipReason: ({ url }) => (url ? undefined : "there is no URL"),
  async look(evidence) {
    const { target, options } = evidence
    if (!target) return {}
    const tcp = await probeTcp(target, options.timeoutMs)
    if (tcp.kind === "open") return { tcp, deadTargets: await deadAmong(evidence) }
    if (!isOwnAddress(target, options)) return { tcp }
    const local = await probeTcp({ address: "127.0.0.1", port: target.port }, options.timeoutMs)
    return { tcp, isOpenLocally: local.kind === "open" }
  },
  judge(evidence) {
    const { tcp, target } = evidence
    if (!tcp || !target) return { note: "no address", findings: [], blocks: true }
    const where = `${target.address}:${target.port}`
    const { deadTargets = [] } = evidence
    if (tcp.kind === "open" && deadTargets.length > 0) {
      return withFindings(
        `${where}, and not ${deadTargets.join(", ")}`,
        someAddressesDead(where, deadTargets),
      )
    }
    if (tcp.kind === "open") return passed(`${where}, after ${tcp.ms} ms`)
    return judgeClosed(where, evidence)
  },
}

async function deadAmong({ otherTargets = [], options }: Evidence): Promise<string[]> {
  const outcomes = otherTargets.map(async (target) => {
    const { kind } = await probeTcp(target, options.timeoutMs)
    return kind === "open" ? [] : [`${target.address}:${target.port}`]
  })
  return (await Promise.all(outcomes)).flat()
}

/** Returns true if an address belongs to this machine, or if the options say that the bot runs here. */
function isOwnAddress({ address }: Target, { isBotMachine }: ResolvedOptions): boolean {
  if (isBotMachine) return true
  if (!isIPv4(address)) return false
  // A `BlockList` is a set of addresses and networks.
  const ownAddresses = new BlockList()
  for (const { address: ownAddress, cidr, internal } of Object.values(networkInterfaces())
    .flat()
    .filter((entry) => entry !== undefined)) {
    const [, bits] = cidr?.split("/") ?? []
    // Of an internal interface, the whole network (127.0.0.0/8) is this machine; otherwise one address.
    if (isIPv4(ownAddress))
      ownAddresses.addSubnet(ownAddress, internal ? Number(bits ?? 32) : 32, "ipv4")
  }
  return ownAddresses.check(address, "ipv4")
}

function judgeClosed(where: string, { tcp, target, isOpenLocally }: Evidence): Verdict {
  if (isOpenLocally === true)
    return withFindings(`open on 127.0.0.1 only`, listensLocally(where, target?.port))
  if (tcp?.kind === "refused") return withFindings(`refused at ${where}`, connectionRefused(where))
  if (tcp?.kind === "reset") return withFindings(`cut at ${where}`, connectionCut(where))
  const reason = tcp?.kind === "unreachable" ? tcp.reason : "no answer"
  return withFindings(`${reason} from ${where}`, unreachable(where, reason))
}

function someAddressesDead(where: string, dead: readonly string[]) {
  return finding("some-addresses-dead", {
    seen: `The host name resolves to several addresses. Connections to ${where} succeed, to ${dead.join(" and ")} they fail.`,
    why: "Telegram picks any of the addresses and uses it for half an hour. With a dead address, it delivers nothing during this time.",
    fix: "Start the server at the dead address, or remove the address's A record from DNS.",
  })
}

function listensLocally(where: string, port = 0) {
  return finding("listens-locally", {
    seen: `Port ${port} is open on 127.0.0.1, but closed at ${where}.`,
    why: "The server accepts connections only from its own machine, so Telegram cannot reach it.",
    fix: 'Let the server listen on all addresses: `listen: "0.0.0.0"` for Sounder\'s server, `bind 0.0.0.0:443` for haproxy, `-p 443:443` in place of `-p 127.0.0.1:443:443` for Docker. If a firewall on this machine blocks the port, open it.',
  })
}

function connectionRefused(where: string) {
  return finding("connection-refused", {
    seen: `No server listens at ${where}: the connection was refused.`,
    why: "The machine runs, but no server accepts the connection, so Telegram delivers nothing.",
    fix: "Start the bot or the proxy, and check in its log that it listens on this port. A router or Docker has to forward the port. A port below 1024 needs root or the capability CAP_NET_BIND_SERVICE.",
  })
}

function connectionCut(where: string) {
  return finding("connection-cut", {
    seen: `${where} accepted the connection and reset it at once.`,
    why: "Telegram delivers nothing.",
    fix: "Read the log of the firewall, load balancer or proxy in front of the server. A load balancer resets connections if it has no server behind it, a proxy if it has no configuration for the port.",
  })
}

function unreachable(where: string, reason: string) {
  return finding("unreachable", {
    seen: `${where} does not answer (${reason}).`,
    why: "A firewall drops the packets, or the machine is off, so Telegram delivers nothing. A firewall that admits only Telegram's networks also looks like this from other machines.",
    fix: `Check that the address belongs to the server. Open the port in the firewalls of the machine and of the hosting provider, at least for Telegram's networks ${telegramNetworksText}.`,
  })
}
