import { ownValue } from "../../ground/own-value.js"
import { isIPv4, isIPv6 } from "node:net"
import { isReservedAddress } from "../../registration/reserved-address.js"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { queryDns, type DnsAnswer } from "../probes/dns.js"
import type { Target } from "../probes/target.js"
import type { Evidence } from "../evidence.js"

/** The check that the host name resolves to an address that Telegram can call. */
export const dnsCheck: Check = {
  name: "dns",
  title: "DNS",
  needs: ["url"],
  skipReason: ({ url }) => (url ? undefined : "there is no URL"),
  async look(evidence) {
    const simulated = simulatedTarget(evidence)
    if (simulated) return { target: simulated }
    const dns = await answerFor(evidence)
    const [target, ...otherTargets] = targetsIn(dns, evidence)
    return { dns, otherTargets, ...(target && { target }) }
  },
  judge(evidence) {
    const { url, dns, target, options } = evidence
    const host = hostOf(evidence)
    if (!url || (!dns && target))
      return passed(`${host} is simulated at ${target?.address}:${target?.port}`)
    if (dns?.kind === "failed")
      return { ...withFindings("no answer", dnsFailed(host, dns.reason)), blocks: true }
    if (dns?.kind === "broken") return withFindings(dns.reason, brokenZone(host, dns.reason))
    if (!dns || dns.kind === "missing")
      return withFindings("not found", hostNotFound(host, evidence))
    const note = [...dns.v4, ...dns.v6].join(", ")
    if (options.localMode) return passed(note)
    return judgeAddresses(host, note, dns.v4)
  },
}

/** Returns the host of the URL, without the brackets of an IPv6 address. */
export function hostOf({ url }: Pick<Evidence, "url">): string {
  return (url?.hostname ?? "").replaceAll(/[[\]]/g, "")
}

/** Returns the port of the URL, or the default port of its scheme. */
export function portOf({ url }: Pick<Evidence, "url">): number {
  return Number(url?.port) || (url?.protocol === "http:" ? 80 : 443)
}

/** Returns the local address that the option `hosts` gives for a host and the URL's port. */
function simulatedTarget(evidence: Evidence, host = hostOf(evidence)): Target | undefined {
  const to = ownValue(evidence.options.hosts, `${host}:${portOf(evidence)}`)
  const [, address = to, port] = /^(.*):(\d+)$/.exec(to ?? "") ?? []
  return address === undefined ? undefined : { address, port: Number(port) || portOf(evidence) }
}

async function answerFor(evidence: Evidence): Promise<DnsAnswer> {
  const host = hostOf(evidence)
  const { resolve, dnsServers: servers, timeoutMs, localMode: isLocal } = evidence.options
  const knownAddresses = isIPv4(host) || isIPv6(host) ? [host] : ownValue(resolve, host)
  if (knownAddresses === undefined) return queryDns(host, { servers, timeoutMs, isLocal })
  return { kind: "found", v4: knownAddresses.filter(isIPv4), v6: knownAddresses.filter(isIPv6) }
}

/** Returns the IPv4 addresses, any of which Telegram may call; without them, the first IPv6 address. */
function targetsIn(dns: DnsAnswer, evidence: Evidence): Target[] {
  if (dns.kind !== "found") return []
  const [first] = dns.v6
  const addresses = dns.v4.length > 0 ? dns.v4 : first === undefined ? [] : [first]
  return addresses.map(
    (address) => simulatedTarget(evidence, address) ?? { address, port: portOf(evidence) },
  )
}

function judgeAddresses(host: string, note: string, v4: readonly string[]): Verdict {
  if (v4.length === 0) return withFindings(note, ipv6Only(host, note))
  const reserved = v4.filter(isReservedAddress)
  // Telegram would not call the server at such an address, so the fault blocks other checks.
  if (reserved.length === 0) return passed(note)
  const [first = ""] = reserved
  if (/^198\.1[89]\./.test(first)) return withFindings(note, fakeAddress(host, first))
  return withFindings(note, localAddress(host, reserved.join(", ")))
}

function hostNotFound(host: string, evidence: Evidence) {
  const { bot } = evidence.options
  const isSimulated = bot !== undefined && /^http:\/\/(127\.|localhost|\[::1\])/.test(bot.apiRoot)
  const simulated = ` The API root is on this machine: if it is the simulator, give the bot's address to both with --map ${host}:${portOf(evidence)}=127.0.0.1:PORT.`
  return finding("host-not-found", {
    seen: `The host ${host} has no address in DNS.`,
    why: "Telegram cannot find the server. It refuses setWebhook for this URL, and removes the previous webhook.",
    fix: `Check the spelling, and give ${host} an A record with the server's public IPv4 address. Telegram caches a failed lookup for 5 minutes. Names in /etc/hosts exist only on the machine with that file.${isSimulated ? simulated : ""}`,
  })
}

function brokenZone(host: string, reason: string) {
  return finding("dns-broken", {
    seen: `The resolver answers ${reason.slice(1)} for ${host}: the DNS zone is broken.`,
    why: "Telegram's resolver gets the same answer. Telegram refuses setWebhook for this URL, and removes the previous webhook.",
    fix: "Check that the domain's name servers answer, that its DNSSEC signatures are valid, and that the DS records at the registrar match. With --dns 1.1.1.1 the doctor asks another resolver, to rule out a fault of this one.",
  })
}

function dnsFailed(host: string, reason: string) {
  return finding("dns-failed", {
    seen: `No DNS resolver answered the question for ${host} (${reason}).`,
    why: "Without its address, the doctor cannot examine the server.",
    fix: "Check the network of this machine, choose a resolver with --dns 1.1.1.1, or give the address of the host with --resolve.",
  })
}

function ipv6Only(host: string, addresses: string) {
  return finding("ipv6-only", {
    seen: `${host} has only IPv6 addresses: ${addresses}.`,
    why: "Telegram calls only IPv4 addresses. It refuses setWebhook for this URL, and removes the previous webhook.",
    fix: "Add an A record with an IPv4 address. A server without an IPv4 address needs a proxy or a tunnel that has one.",
  })
}

/** Returns the finding for an address in 198.18.0.0/15, where VPNs with a "fake IP" mode invent addresses. */
function fakeAddress(host: string, address: string) {
  return finding("reserved-address", {
    seen: `${host} resolves to ${address}, which a VPN or proxy on this machine seems to make up (198.18.0.0/15).`,
    why: "The made-up address hides the real address that Telegram would call. Such programs intercept the questions to every resolver, including the resolver of --dns.",
    fix: "Run the doctor on a machine without the VPN, switch off its fake IP mode (fake-ip in Clash and sing-box), or give the real address with --resolve NAME=ADDRESS.",
  })
}

function localAddress(host: string, addresses: string) {
  return finding("reserved-address", {
    seen: isIPv4(host)
      ? `${host} is not a public address.`
      : `${host} resolves to ${addresses}, which is not a public address.`,
    why: "Such addresses exist only in a local network: Telegram cannot reach them, and refuses them.",
    fix: "Register a host name that resolves to the server's public address (your router's, if the router forwards the port), or use a tunnel or polling. If the name has another address outside this network, give it with --resolve NAME=ADDRESS, or choose a public resolver with --dns 1.1.1.1.",
  })
}
