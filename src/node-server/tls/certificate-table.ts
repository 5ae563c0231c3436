import { errorSentence } from "../../ground/error-text.js"
import type { X509Certificate } from "node:crypto"
import type { SecureContext } from "node:tls"
import {
  type CertificateAndKey,
  certificateNamesHost,
  certificateProblems,
} from "../../certificate/index.js"
import { nodeCrypto, nodeNet } from "../../ground/node-modules.js"
import { SounderError } from "../../telegram/errors.js"

/** A certificate of a server, ready for handshakes. */
export interface ServedCertificate {
  /** The certificate and its key as PEM texts. */
  readonly pair: CertificateAndKey
  /** The server certificate, without its issuers. */
  readonly leaf: X509Certificate
  /** Node's TLS context with certificate and key. */
  readonly context: SecureContext
}

/**
 * The certificates of a server by the names in them. A client with an unknown server name (SNI) gets the
 * first certificate, whose names show which server it is. A client without a server name, which calls an
 * IP address, gets the first certificate with an IP address.
 */
export class CertificateTable {
  /** The certificates in the order of their sources; at least one. */
  readonly all: readonly ServedCertificate[]
  /** The certificate for unknown server names. */
  readonly first: ServedCertificate
  /** The certificate for clients without a server name. */
  readonly unnamed: ServedCertificate
  readonly #names = new Map<string, ServedCertificate>()

  /** Throws `certificate-mismatch` if a key does not belong to its certificate. */
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

  /** Returns the first certificate for a server name, including wildcard certificates such as `*.example.com`. */
  find(serverName: string): ServedCertificate | undefined {
    const name = serverName.toLowerCase()
    return this.#names.get(name) ?? this.#names.get(name.replace(/^[^.]+/, "*"))
  }

  /** Returns the certificate that Telegram gets for a URL with this host. */
  forHost(host: string): ServedCertificate {
    if (nodeNet().isIP(host) === 0) return this.find(host) ?? this.first
    return this.unnamed
  }
}

function servedCertificate(pair: CertificateAndKey): ServedCertificate {
  try {
    const leaf = new (nodeCrypto().X509Certificate)(pair.cert)
    const context = process.getBuiltinModule("node:tls").createSecureContext({ ...pair })
    return { pair, leaf, context }
  } catch (cause) {
    throw new SounderError("certificate-mismatch", mismatchText(pair, cause), { cause })
  }
}

function mismatchText(pair: CertificateAndKey, cause: unknown): string {
  const problems = certificateProblems({ ...pair, uploaded: true })
  const found = problems.find(({ code }) => /key|pem|unreadable|weak/.test(code))
  if (found) return found.message
  const reason = errorSentence(cause)
  return `The key and the certificate cannot be used together: ${reason} Create both again`
}

/** Returns the hosts of a certificate: first its names, then its addresses. */
export function hostsOf(leaf: X509Certificate): string[] {
  return [...new Set([...namesOf(leaf), ...entriesOf(leaf, "IP Address:")])]
}

/** Returns the names of a certificate in lower case; its common name if it has no DNS names. */
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

/**
 * Returns true if a certificate names an IP address, as an address or as a DNS name: Telegram compares an
 * address with the DNS names of an uploaded certificate.
 */
function namesAddress(leaf: X509Certificate): boolean {
  if (leaf.subjectAltName?.includes("IP Address:")) return true
  return namesOf(leaf).some(
    (name) => nodeNet().isIP(name) !== 0 && certificateNamesHost(leaf, name, true),
  )
}
