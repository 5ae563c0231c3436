import { isIPv4, isIPv6 } from "node:net"
import { isReservedAddress } from "../../registration/reserved-address.js"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { askDns, type DnsAnswer } from "../probes/dns.js"
import type { Target } from "../probes/target.js"
import type { Sight } from "../sight.js"

/** Whether Telegram finds the host, at an address that it calls. */
export const dnsCheck: Check = {
  name: "dns",
  title: "DNS",
  needs: ["url"],
  spare: ({ url }) => (url ? undefined : "there is no URL"),
  async look(sight) {
    const played = playedAt(sight)
    if (played) return { target: played }
    const dns = await answerFor(sight)
    const target = targetIn(dns, sight)
    return { dns, ...(target && { target }) }
  },
  judge(sight) {
    const { url, dns, target, given } = sight
    const host = hostOf(sight)
    if (!url || (!dns && target))
      return fine(`${host} is played at ${target?.address}:${target?.port}`)
    if (dns?.kind === "failed")
      return { ...found("no answer", failed(host, dns.reason)), blocks: true }
    if (!dns || dns.kind === "missing") return found("not found", missing(host))
    const note = [...dns.v4, ...dns.v6].join(", ")
    if (given.localMode) return fine(note)
    return judgeAddresses(host, note, dns.v4)
  },
}

/** The host of the URL, without the brackets of IPv6. */
export function hostOf({ url }: Pick<Sight, "url">): string {
  return (url?.hostname ?? "").replaceAll(/[[\]]/g, "")
}

/** The port that the URL means. */
export function portOf({ url }: Pick<Sight, "url">): number {
  return Number(url?.port) || (url?.protocol === "http:" ? 80 : 443)
}

function playedAt(sight: Sight, host = hostOf(sight)): Target | undefined {
  const to = sight.given.hosts[`${host}:${portOf(sight)}`]
  const [, address = to, port] = /^(.*):(\d+)$/.exec(to ?? "") ?? []
  return address === undefined ? undefined : { address, port: Number(port) || portOf(sight) }
}

async function answerFor(sight: Sight): Promise<DnsAnswer> {
  const host = hostOf(sight)
  const { resolve, dnsServers: servers, timeoutMs } = sight.given
  const told = isIPv4(host) || isIPv6(host) ? [host] : resolve[host]
  if (told === undefined) return askDns(host, { servers, timeoutMs })
  return { kind: "found", v4: told.filter(isIPv4), v6: told.filter(isIPv6) }
}

function targetIn(dns: DnsAnswer, sight: Sight): Target | undefined {
  const [address] = dns.kind === "found" ? [...dns.v4, ...dns.v6] : []
  if (address === undefined) return undefined
  return playedAt(sight, address) ?? { address, port: portOf(sight) }
}

function judgeAddresses(host: string, note: string, v4: readonly string[]): Verdict {
  if (v4.length === 0) return found(note, ipv6Only(host, note))
  const reserved = v4.filter(isReservedAddress)
  // What is at such an address here is not what Telegram meets, so it is not looked at.
  return reserved.length === 0 ? fine(note) : found(note, notPublic(host, reserved.join(", ")))
}

function missing(host: string) {
  return finding("host-not-found", {
    seen: `DNS has no address for ${host}.`,
    why: "Telegram cannot find the server. setWebhook is refused, and removes the webhook that was there before.",
    fix: `Check the spelling, and give ${host} an A record with the server's public IPv4 address. Telegram remembers a failure for 5 minutes. What is in /etc/hosts is known on that machine only.`,
  })
}

function failed(host: string, reason: string) {
  return finding("dns-failed", {
    seen: `No resolver could be asked for ${host} (${reason}).`,
    why: "It is not known where Telegram would call.",
    fix: "Check this machine's network, name a resolver with --dns 1.1.1.1, or say what the name leads to with --resolve.",
  })
}

function ipv6Only(host: string, addresses: string) {
  return finding("ipv6-only", {
    seen: `${host} has IPv6 addresses only: ${addresses}.`,
    why: "Telegram calls IPv4 addresses only; setWebhook is refused, and removes the webhook that was there before.",
    fix: "Add an A record with an IPv4 address. A host without one needs a proxy or a tunnel that has one.",
  })
}

function notPublic(host: string, addresses: string) {
  return finding("reserved-address", {
    seen: isIPv4(host)
      ? `${host} is not a public address.`
      : `${host} leads to ${addresses}, which is not a public address.`,
    why: "Such addresses exist in a local network only: Telegram cannot reach them, and refuses them.",
    fix: "Register a name that leads to the server's public address (your router has it, and forwards the port), or use a tunnel or polling. If the name leads elsewhere outside of this network, say so with --resolve NAME=ADDRESS, or ask outside with --dns 1.1.1.1.",
  })
}
