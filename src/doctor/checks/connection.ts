import { telegramNetworksText } from "../../telegram/network-facts.js"
import { networkInterfaces } from "node:os"
import { BlockList, isIPv4 } from "node:net"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { probeTcp } from "../probes/tcp.js"
import type { Target } from "../probes/target.js"
import type { Sight } from "../sight.js"

/** Whether the port is open. */
export const connectionCheck: Check = {
  name: "connection",
  title: "Connection",
  needs: ["url", "dns"],
  spare: ({ url }) => (url ? undefined : "there is no URL"),
  async look(sight) {
    const { target, given } = sight
    if (!target) return {}
    const tcp = await probeTcp(target, given.timeoutMs)
    if (tcp.kind === "open") return { tcp, deadTargets: await deadAmong(sight) }
    if (!isHere(target, given)) return { tcp }
    const local = await probeTcp({ address: "127.0.0.1", port: target.port }, given.timeoutMs)
    return { tcp, isOpenLocally: local.kind === "open" }
  },
  judge(sight) {
    const { tcp, target } = sight
    if (!tcp || !target) return { note: "no address", findings: [], blocks: true }
    const where = `${target.address}:${target.port}`
    const { deadTargets = [] } = sight
    if (tcp.kind === "open" && deadTargets.length > 0) {
      return found(`${where}, and not ${deadTargets.join(", ")}`, someDead(where, deadTargets))
    }
    if (tcp.kind === "open") return fine(`${where}, after ${tcp.ms} ms`)
    return judgeClosed(where, sight)
  },
}

async function deadAmong({ otherTargets = [], given }: Sight): Promise<string[]> {
  const outcomes = otherTargets.map(async (target) => {
    const { kind } = await probeTcp(target, given.timeoutMs)
    return kind === "open" ? [] : [`${target.address}:${target.port}`]
  })
  return (await Promise.all(outcomes)).flat()
}

/** Whether an address is one of this machine's own. */
function isHere({ address }: Target, { isBotMachine }: Sight["given"]): boolean {
  if (isBotMachine) return true
  if (!isIPv4(address)) return false
  const own = new BlockList()
  for (const { address: one, cidr, internal } of Object.values(networkInterfaces())
    .flat()
    .filter((one) => one !== undefined)) {
    const [, bits] = cidr?.split("/") ?? []
    // All of 127.0.0.0/8 is this machine; of other networks only the address itself.
    if (isIPv4(one)) own.addSubnet(one, internal ? Number(bits ?? 32) : 32, "ipv4")
  }
  return own.check(address, "ipv4")
}

function judgeClosed(where: string, { tcp, target, isOpenLocally }: Sight): Verdict {
  if (isOpenLocally === true) return found(`open on 127.0.0.1 only`, locally(where, target?.port))
  if (tcp?.kind === "refused") return found(`refused at ${where}`, refused(where))
  if (tcp?.kind === "reset") return found(`cut at ${where}`, cut(where))
  const reason = tcp?.kind === "unreachable" ? tcp.reason : "no answer"
  return found(`${reason} from ${where}`, unreachable(where, reason))
}

function someDead(where: string, dead: readonly string[]) {
  return finding("some-addresses-dead", {
    seen: `The name leads to several addresses: ${where} takes connections, ${dead.join(", ")} does not.`,
    why: "Telegram takes any of them and keeps it for half an hour. While that is a dead one, nothing is delivered.",
    fix: "Start the server at the dead address, or take its A record out of DNS.",
  })
}

function locally(where: string, port = 0) {
  return finding("listens-locally", {
    seen: `Port ${port} is open on 127.0.0.1, and closed at ${where}.`,
    why: "The server takes connections of its own machine only, so Telegram cannot reach it.",
    fix: 'Let it listen on all addresses: `listen: "0.0.0.0"` for Sounder\'s server, `bind 0.0.0.0:443` for a proxy, `-p 443:443` and not `-p 127.0.0.1:443:443` for Docker. If the firewall of this machine closes the port, open it.',
  })
}

function refused(where: string) {
  return finding("connection-refused", {
    seen: `Nothing listens at ${where}: the connection was refused.`,
    why: "The machine is there, but no server takes the connection, so Telegram can deliver nothing.",
    fix: "Start the bot or the proxy, and see in its log that it listens on this port. Behind a router or in Docker the port has to be forwarded. A port below 1024 needs the right to use it.",
  })
}

function cut(where: string) {
  return finding("connection-cut", {
    seen: `${where} took the connection and cut it at once.`,
    why: "Telegram can deliver nothing.",
    fix: "Something before the server cuts it: a firewall, a load balancer without a server behind it, or a proxy that has no configuration for this port. See its log.",
  })
}

function unreachable(where: string, reason: string) {
  return finding("unreachable", {
    seen: `${where} does not answer (${reason}).`,
    why: "Packets get lost on the way, which is what a firewall does, or the machine is off.",
    fix: `Open the port in the firewall of the machine and in that of the hosting provider, at least for ${telegramNetworksText}, from which Telegram calls; check that the address is the server's. If only these networks are let in, this is how it looks from elsewhere.`,
  })
}
