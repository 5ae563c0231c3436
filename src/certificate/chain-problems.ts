import { ownValue } from "../ground/own-value.js"
import type { X509Certificate } from "node:crypto"
import {
  type CertificateExtensions,
  certificateExtensions,
  serverAuth,
} from "./certificate-extensions.js"
import { oneLine } from "./certificate-text.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { isOwnIssuer } from "./read-certificates.js"

/** The usages that OpenSSL accepts for a server: serverAuth, and two older ones of Microsoft and Netscape. */
const serverPurposes = [serverAuth, "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"]
const smallestRsaBits = 2048
const serverCurves = ["prime256v1", "secp384r1", "secp521r1"]
const serverKeys = ["rsa", "rsa-pss", "ed25519", "ed448"]
/** The longest chain that OpenSSL verifies by default: server, ten intermediates, root. */
const longestPath = 12
/** The insecure digests, by the object identifiers of RSA, DSA and ECDSA signatures that use them. */
const brokenDigests: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA-1",
  "1.2.840.10040.4.3": "SHA-1",
  "1.2.840.10045.4.1": "SHA-1",
}
const createAdvice = "Create one with `sounder certificate HOST`."
const chainAdvice = "Get the current chain from your authority again, and replace the whole file."

/** A certificate of the path from the server to the root, and its place on the path. */
interface PathEntry {
  readonly cert: X509Certificate
  readonly extensions: CertificateExtensions
  /** The number of certificates before this one: 0 for the server certificate. */
  readonly index: number
  /** The subject of a sentence about this certificate. */
  readonly name: string
  /** The fix for a defect of this certificate. */
  readonly renewal: string
}

/** Returns the problems of each certificate from the server to the root, by OpenSSL's rules. */
export function chainProblems(
  path: readonly X509Certificate[],
  { now, host }: { readonly now: Date; readonly host: string | undefined },
): CertificateProblem[] {
  const entries = path.map(pathEntry)
  const problems = entries.flatMap((entry) => [
    dateProblem(entry, now),
    purposeProblem(entry),
    keyTypeProblem(entry),
    signatureProblem(entry),
    issuerProblem(entry, entries, host),
  ])
  return [...problems, lengthProblem(path)].filter((found) => found !== undefined)
}

function pathEntry(cert: X509Certificate, index: number): PathEntry {
  const isServer = index === 0
  return {
    cert,
    extensions: certificateExtensions(cert),
    index,
    name: isServer
      ? "The certificate"
      : `The certificate of the authority ${oneLine(cert.subject)}`,
    renewal: isServer ? createAdvice : chainAdvice,
  }
}

function dateProblem({ cert, name, index }: PathEntry, now: Date): CertificateProblem | undefined {
  if (now < new Date(cert.validFrom)) {
    return problem(
      "not-yet-valid",
      `${name} is not valid before ${cert.validFrom}. Check the clock of this machine, or ` +
        "create a new certificate.",
    )
  }
  if (now <= new Date(cert.validTo)) return undefined
  const advice =
    index === 0 ? "Renew it, or create one with `sounder certificate HOST`." : chainAdvice
  return problem("expired", `${name} expired on ${cert.validTo}. ${advice}`)
}

function purposeProblem({ cert, extensions, index, name, renewal }: PathEntry) {
  // Node calls the extended key usage `keyUsage`; without that extension every use is allowed.
  const usages: readonly string[] | undefined = cert.keyUsage
  if (usages !== undefined && !usages.some((usage) => serverPurposes.includes(usage))) {
    return problem(
      "not-for-servers",
      `${name} is not for servers: its extended key usage lacks serverAuth (TLS Web Server ` +
        `Authentication). ${renewal}`,
    )
  }
  const { keyUsage, netscapeType, unknownCritical } = extensions
  if (unknownCritical.length > 0) {
    return problem(
      "not-for-servers",
      `${name} has a critical extension that OpenSSL does not know (${unknownCritical.join(", ")}). ${renewal}`,
    )
  }
  const tlsUses = ["digitalSignature", "keyEncipherment", "keyAgreement"] as const
  const mayServe = keyUsage === undefined || tlsUses.some((use) => keyUsage.has(use))
  // 0x40 is the bit of an SSL server.
  const isServerType = netscapeType === undefined || (netscapeType & 0x40) !== 0
  if (index > 0 || (mayServe && isServerType)) return undefined
  return problem(
    "not-for-servers",
    `${name} is not for servers: its key usage permits neither signatures nor key exchange, like the ` +
      `certificate of an authority. ${renewal}`,
  )
}

function keyTypeProblem({ cert, index, name, renewal }: PathEntry): CertificateProblem | undefined {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = cert.publicKey
  const { modulusLength: bits, namedCurve = "" } = details ?? {}
  if (bits !== undefined && bits < smallestRsaBits) {
    return problem(
      "weak-key",
      `${name} has a key of ${bits} bits; Telegram requires at least ${smallestRsaBits}. ${renewal}`,
    )
  }
  const isSupported = serverKeys.includes(type) || serverCurves.includes(namedCurve)
  if (index > 0 || isSupported) return undefined
  return problem(
    "key-type",
    `${name} has a key of a type that TLS clients do not support (${namedCurve || type}). Use RSA, ` +
      "Ed25519, or the curve P-256, P-384 or P-521: `sounder certificate HOST` creates such a key.",
  )
}

/**
 * Returns a problem for a signature with an insecure digest. The signature of a root may have any digest,
 * because TLS clients do not check it.
 */
function signatureProblem({ cert, extensions, name, renewal }: PathEntry) {
  const digest = ownValue(brokenDigests, extensions.signatureAlgorithm)
  if (digest === undefined || isOwnIssuer(cert)) return undefined
  return problem(
    "weak-signature",
    `${name} is signed with ${digest}, which Telegram no longer accepts. ${renewal}`,
  )
}

/** Returns a problem if an issuer on the path may not issue the certificate before it. */
function issuerProblem(entry: PathEntry, entries: readonly PathEntry[], host: string | undefined) {
  const { extensions, index, name, cert } = entry
  if (index === 0) return undefined
  const problemWith = (reason: string) =>
    problem(
      "issuer-not-authority",
      `${name} may not issue the certificate before it in the chain: ${reason}. Get the server ` +
        "certificate from another authority, or create one with `sounder certificate HOST`.",
    )
  const { isAuthority, keyUsage, pathLength, permittedNames, excludedNames } = extensions
  const isOldRoot = isAuthority === undefined && isOwnIssuer(cert)
  if (isAuthority !== true && !isOldRoot)
    return problemWith("it is not marked as an authority (CA:TRUE)")
  if (keyUsage && !keyUsage.has("keyCertSign"))
    return problemWith("its key usage lacks keyCertSign")
  // RFC 5280 does not count certificates that an authority issued to itself.
  const authoritiesBelow = entries
    .slice(1, index)
    .filter((other) => other.cert.subject !== other.cert.issuer).length
  if (pathLength !== undefined && authoritiesBelow > pathLength) {
    return problemWith(
      `it allows ${pathLength} authorities below it, and there are ${authoritiesBelow}`,
    )
  }
  if (host === undefined) return undefined
  const isPermitted =
    permittedNames.length === 0 || permittedNames.some((domain) => isBelow(host, domain))
  if (isPermitted && !excludedNames.some((domain) => isBelow(host, domain))) return undefined
  return problemWith(`its name constraints exclude ${host}`)
}

/** Returns true if a host is `domain` or lies below it. An empty domain contains every host. */
function isBelow(host: string, domain: string): boolean {
  const base = domain.replace(/^\./, "")
  return base === "" || host === base || host.endsWith(`.${base}`)
}

function lengthProblem(path: readonly X509Certificate[]): CertificateProblem | undefined {
  if (path.length <= longestPath) return undefined
  return problem(
    "chain-too-long",
    `The chain has ${path.length - 2} intermediate certificates; Telegram accepts at most ` +
      `${longestPath - 2}. Get a certificate from an authority that is closer to its root.`,
  )
}
