import type { X509Certificate } from "node:crypto"
import { nodeNet } from "../ground/node-modules.js"
import { certificateNamesHost } from "./certificate-names-host.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { namesOf } from "./certificate-text.js"

/** Returns a problem if a certificate does not name the host of a webhook's URL. */
export function nameProblem(
  leaf: X509Certificate,
  host: string,
  uploaded: boolean,
): CertificateProblem | undefined {
  if (nodeNet().isIPv6(host)) {
    return problem(
      "wrong-host",
      `Telegram accepts no IPv6 address in a webhook URL: ${host}. Use a name or an IPv4 address.`,
    )
  }
  if (certificateNamesHost(leaf, host, uploaded)) return undefined
  const named = `The webhook's URL has the host ${host}, but the certificate names ${namesOf(leaf)}.`
  return problem("wrong-host", `${named} ${nameAdvice(leaf, host, uploaded)}`)
}

function nameAdvice(leaf: X509Certificate, host: string, uploaded: boolean): string {
  if (host.endsWith(".")) {
    return `Remove the dot at the end of the URL's host: ${host.replace(/(?<!\.)\.+$/, "")}.`
  }
  const create = `Create one with \`sounder certificate ${host}\``
  if (isUnderWildcard(leaf, host, uploaded)) {
    return (
      "In OpenSSL, which Telegram uses, a wildcard (*) matches letters, digits and hyphens, but not " +
      `an underscore (_). Use a host without an underscore, or a certificate for ${host}. ${create}.`
    )
  }
  if (!uploaded) return `${create}, or get one for ${host} from your authority.`
  if (!nodeNet().isIPv4(host) || leaf.checkIP(host) === undefined) return `${create}.`
  return (
    "Telegram compares an IP address with the DNS names of an uploaded certificate: the certificate " +
    `needs DNS:${host} in addition to IP Address:${host}. ${create}.`
  )
}

/** Returns true if a wildcard of the certificate matches the host except for its underscores. */
function isUnderWildcard(leaf: X509Certificate, host: string, uploaded: boolean): boolean {
  return host.includes("_") && certificateNamesHost(leaf, host.replaceAll("_", "x"), uploaded)
}
