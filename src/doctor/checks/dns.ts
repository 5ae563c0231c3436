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
    const [target, ...otherTargets] = targetsIn(dns, sight)
    return { dns, otherTargets, ...(target && { target }) }
  },
  judge(sight) {
    const { url, dns, target, given } = sight
    const host = hostOf(sight)
    if (!url || (!dns && target))
      return fine(`${host} is played at ${target?.address}:${target?.port}`)
    if (dns?.kind === "failed")
      return { ...found("no answer", failed(host, dns.reason)), blocks: true }
    if (dns?.kind === "broken") return found(dns.reason, broken(host, dns.reason))
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
  const { resolve, dnsServers: servers, timeoutMs, localMode: isLocal } = sight.given
  const told = isIPv4(host) || isIPv6(host) ? [host] : resolve[host]
  if (told === undefined) return askDns(host, { servers, timeoutMs, isLocal })
  return { kind: "found", v4: told.filter(isIPv4), v6: told.filter(isIPv6) }
}

/** Where the name leads: Telegram takes any IPv4 address, and keeps it for half an hour. */
function targetsIn(dns: DnsAnswer, sight: Sight): Target[] {
  if (dns.kind !== "found") return []
  const [first] = dns.v6
  const addresses = dns.v4.length > 0 ? dns.v4 : first === undefined ? [] : [first]
  return addresses.map((address) => playedAt(sight, address) ?? { address, port: portOf(sight) })
}

function judgeAddresses(host: string, note: string, v4: readonly string[]): Verdict {
  if (v4.length === 0) return found(note, ipv6Only(host, note))
  const reserved = v4.filter(isReservedAddress)
  // What is at such an address here is not what Telegram meets, so it is not looked at.
  if (reserved.length === 0) return fine(note)
  const [first = ""] = reserved
  if (/^198\.1[89]\./.test(first)) return found(note, madeUp(host, first))
  return found(note, notPublic(host, reserved.join(", ")))
}

function missing(host: string) {
  return finding("host-not-found", {
    seen: `DNS has no address for ${host}.`,
    why: "Telegram cannot find the server. setWebhook is refused, and removes the webhook that was there before.",
    fix: `Check the spelling, and give ${host} an A record with the server's public IPv4 address. Telegram remembers a failure for 5 minutes. What is in /etc/hosts is known on that machine only.`,
  })
}

function broken(host: string, reason: string) {
  return finding("dns-broken", {
    seen: `The resolver was asked for ${host} and answered ${reason.slice(1)}: the zone is broken.`,
    why: "Telegram's resolver meets the same. setWebhook is refused, and removes the webhook that was there before.",
    fix: "Look at the domain's name servers and its DNSSEC: do they answer, are the signatures valid, do the DS records at the registrar fit? Ask another resolver with --dns 1.1.1.1 to see whether it is only this one.",
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

/** VPNs and proxies with "fake IP" answer every question with an address out of 198.18.0.0/15. */
function madeUp(host: string, address: string) {
  return finding("reserved-address", {
    seen: `${host} leads to ${address}, which a VPN or proxy on this machine seems to make up (198.18.0.0/15).`,
    why: "Where Telegram would call cannot be seen through it: such programs answer every resolver's questions, that of --dns too.",
    fix: "Examine from a machine without it, switch its fake IP off (fake-ip of Clash and sing-box), or say what the name really leads to with --resolve NAME=ADDRESS.",
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
