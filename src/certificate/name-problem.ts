import type { X509Certificate } from "node:crypto"
import { isIPv4, isIPv6 } from "node:net"
import { certificateNamesHost } from "./certificate-names-host.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { namesOf } from "./certificate-text.js"

/** Says why a certificate does not name the host of a webhook's URL; `undefined` where it does. */
export function nameProblem(
  leaf: X509Certificate,
  host: string,
  uploaded: boolean,
): CertificateProblem | undefined {
  if (isIPv6(host)) {
    return problem(
      "wrong-host",
      `Telegram takes no IPv6 address in a webhook URL: ${host}. Use a name or an IPv4 address.`,
    )
  }
  if (certificateNamesHost(leaf, host, uploaded)) return undefined
  const named = `The certificate names ${namesOf(leaf)}, but the webhook's URL has the host ${host}.`
  return problem("wrong-host", `${named} ${nameAdvice(leaf, host, uploaded)}`)
}

function nameAdvice(leaf: X509Certificate, host: string, uploaded: boolean): string {
  if (host.endsWith(".")) {
    return `Take the dot off the end of the URL's host: ${host.replace(/(?<!\.)\.+$/, "")}.`
  }
  const create = `Create one with \`sounder certificate ${host}\``
  if (isUnderWildcard(leaf, host, uploaded)) {
    return (
      "OpenSSL, which Telegram uses, lets a * stand for letters, digits and hyphens only, not for " +
      `an underscore (_). Take a host without one, or name this one itself. ${create}.`
    )
  }
  if (!uploaded) return `${create}, or get one for ${host} from your authority.`
  if (!isIPv4(host) || leaf.checkIP(host) === undefined) return `${create}.`
  return (
    "Telegram compares an IP address with an uploaded certificate as if it were a name: it has " +
    `to be there as DNS:${host} beside IP Address:${host}. ${create}.`
  )
}

/** Whether only an underscore keeps a wildcard from fitting. */
function isUnderWildcard(leaf: X509Certificate, host: string, uploaded: boolean): boolean {
  return host.includes("_") && certificateNamesHost(leaf, host.replaceAll("_", "x"), uploaded)
}
