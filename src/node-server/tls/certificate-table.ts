import { errorText } from "../../ground/error-text.js"
import type { X509Certificate } from "node:crypto"
import { isIP } from "node:net"
import type { SecureContext } from "node:tls"
import {
  type CertificateAndKey,
  certificateNamesHost,
  certificateProblems,
} from "../../certificate/index.js"
import { nodeCrypto } from "../../ground/node-crypto.js"
import { SounderError } from "../../telegram/errors.js"

/** A certificate that can be served. */
export interface ServedCertificate {
  /** The PEM texts that it is made of. */
  readonly pair: CertificateAndKey
  /** The server's own certificate. */
  readonly leaf: X509Certificate
  /** What Node serves it with. */
  readonly context: SecureContext
}

/**
 * The certificates of a server by the names in them. The first one is for names that none of them
 * has: a stranger who calls a server by a wrong name sees whose it is, and so does who looks for the
 * fault. A client that gives no name calls an address, and gets the first one that names an address.
 */
export class CertificateTable {
  /** All of them, in their order; at least one. */
  readonly all: readonly ServedCertificate[]
  /** The one for names that none of them has. */
  readonly first: ServedCertificate
  /** The one for clients that give no name. */
  readonly unnamed: ServedCertificate
  readonly #names = new Map<string, ServedCertificate>()

  /** @throws SounderError `certificate-mismatch` where a key does not fit its certificate */
  constructor(pairs: readonly CertificateAndKey[]) {
    this.all = pairs.map(servedCertificate)
    const [first] = this.all
    if (!first) throw new TypeError("Expected at least one certificate.")
    this.first = first
    this.unnamed = this.all.find(({ leaf }) => namesAddress(leaf)) ?? first
    for (const served of this.all) {
      for (const name of namesOf(served.leaf)) {
        if (!this.#names.has(name)) this.#names.set(name, served)
      }
    }
  }

  /** The one that names a server, itself or as one of `*.example.com`; the first of several. */
  find(serverName: string): ServedCertificate | undefined {
    const name = serverName.toLowerCase()
    return this.#names.get(name) ?? this.#names.get(name.replace(/^[^.]+/, "*"))
  }

  /** What Telegram is served for a URL with this host. */
  forHost(host: string): ServedCertificate {
    if (isIP(host) === 0) return this.find(host) ?? this.first
    return this.unnamed
  }
}

function servedCertificate(pair: CertificateAndKey): ServedCertificate {
  try {
    const leaf = new (nodeCrypto().X509Certificate)(pair.cert)
    const context = process.getBuiltinModule("node:tls").createSecureContext({ ...pair })
    return { pair, leaf, context }
  } catch (cause) {
    throw new SounderError("certificate-mismatch", whyNot(pair, cause), { cause })
  }
}

function whyNot(pair: CertificateAndKey, cause: unknown): string {
  const problems = certificateProblems({ ...pair, uploaded: true })
  const found = problems.find(({ code }) => /key|pem|unreadable|weak/.test(code))
  if (found) return found.message
  const reason = errorText(cause)
  return `The key and the certificate cannot be used together: ${reason}. Create both anew`
}

/** The hosts that a certificate is for: its names, and its addresses after them. */
export function hostsOf(leaf: X509Certificate): string[] {
  return [...new Set([...namesOf(leaf), ...entriesOf(leaf, "IP Address:")])]
}

/** The names in a certificate, in small letters; the common name only where there are no others. */
function namesOf(leaf: X509Certificate): string[] {
  const names = entriesOf(leaf, "DNS:")
  const commonName = /^CN=(.*)$/m.exec(leaf.subject ?? "")?.[1]
  if (names.length === 0 && commonName !== undefined) names.push(commonName)
  return names.map((name) => name.toLowerCase())
}

function entriesOf(leaf: X509Certificate, kind: string): string[] {
  const entries = leaf.subjectAltName?.split(", ") ?? []
  return entries.filter((entry) => entry.startsWith(kind)).map((entry) => entry.slice(kind.length))
}

/** As authorities write an address, or as a name, which is how Telegram compares an uploaded one. */
function namesAddress(leaf: X509Certificate): boolean {
  if (leaf.subjectAltName?.includes("IP Address:")) return true
  return namesOf(leaf).some((name) => isIP(name) !== 0 && certificateNamesHost(leaf, name, true))
}
