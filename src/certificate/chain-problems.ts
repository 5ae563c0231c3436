import type { X509Certificate } from "node:crypto"
import { type CertificateExtensions, certificateExtensions } from "./certificate-extensions.js"
import { oneLine } from "./certificate-text.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { isOwnIssuer } from "./read-certificates.js"

const serverAuth = "1.3.6.1.5.5.7.3.1"
/** Old names for the same purpose, which OpenSSL takes as well: Microsoft's and Netscape's. */
const serverPurposes = [serverAuth, "1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1"]
const smallestRsaBits = 2048
const serverCurves = ["prime256v1", "secp384r1", "secp521r1"]
const serverKeys = ["rsa", "rsa-pss", "ed25519", "ed448"]
/** A server's own certificate, ten between and a root. */
const longestPath = 12
const brokenDigests: Readonly<Record<string, string>> = {
  "1.2.840.113549.1.1.4": "MD5",
  "1.2.840.113549.1.1.5": "SHA-1",
  "1.2.840.10040.4.3": "SHA-1",
  "1.2.840.10045.4.1": "SHA-1",
}
const create = "Create one with `sounder certificate HOST`."

/** One certificate of the way from a server to the root, and its place on it. */
interface Step {
  readonly cert: X509Certificate
  readonly extensions: CertificateExtensions
  /** How many come before it: 0 for the server's own. */
  readonly index: number
  /** What it is called in a message. */
  readonly name: string
  /** What to do where it is at fault. */
  readonly renewal: string
}

/** Judges each certificate of the way from a server to the root as OpenSSL does. */
export function chainProblems(
  path: readonly X509Certificate[],
  { now, host }: { readonly now: Date; readonly host: string | undefined },
): CertificateProblem[] {
  const steps = path.map(stepOf)
  const found = steps.flatMap((step) => [
    dateProblem(step, now),
    purposeProblem(step),
    keySizeProblem(step),
    signatureProblem(step),
    issuerProblem(step, steps, host),
  ])
  return [...found, lengthProblem(path)].filter((one) => one !== undefined)
}

function stepOf(cert: X509Certificate, index: number): Step {
  const isServer = index === 0
  const advice = "Get the chain anew from your authority, with certificates that are in use."
  return {
    cert,
    extensions: certificateExtensions(cert),
    index,
    name: isServer
      ? "The certificate"
      : `The certificate of the authority ${oneLine(cert.subject)}`,
    renewal: isServer ? create : advice,
  }
}

function dateProblem({ cert, name, index }: Step, now: Date): CertificateProblem | undefined {
  if (now < new Date(cert.validFrom)) {
    return problem(
      "not-yet-valid",
      `${name} is valid only from ${cert.validFrom}. Check the clock of this machine, or ` +
        "create the certificate anew.",
    )
  }
  if (now <= new Date(cert.validTo)) return undefined
  const advice =
    index === 0
      ? "Renew it, or create one with `sounder certificate HOST`."
      : "Get the chain anew from your authority, and replace the whole file."
  return problem("expired", `${name} has expired on ${cert.validTo}. ${advice}`)
}

function purposeProblem({ cert, extensions, index, name, renewal }: Step) {
  // Node calls the extended key usage `keyUsage`; without that extension every use is allowed.
  const usages: readonly string[] | undefined = cert.keyUsage
  if (usages !== undefined && !usages.some((usage) => serverPurposes.includes(usage))) {
    return problem(
      "not-for-servers",
      `${name} is not made for servers: its extended key usage lacks serverAuth (TLS Web Server ` +
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
  const isServerType = netscapeType === undefined || (netscapeType & 0x40) !== 0
  if (index > 0 || (mayServe && isServerType)) return undefined
  return problem(
    "not-for-servers",
    `${name} is not made for servers: its key usage allows neither signatures nor key exchange, as ` +
      `that of an authority. ${renewal}`,
  )
}

function keySizeProblem({ cert, index, name, renewal }: Step): CertificateProblem | undefined {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = cert.publicKey
  const { modulusLength: bits, namedCurve = "" } = details ?? {}
  if (bits !== undefined && bits < smallestRsaBits) {
    return problem(
      "weak-key",
      `${name} has a key of ${bits} bits, and Telegram takes none below ${smallestRsaBits}. ${renewal}`,
    )
  }
  const isTaken = serverKeys.includes(type) || serverCurves.includes(namedCurve)
  if (index > 0 || isTaken) return undefined
  return problem(
    "key-type",
    `${name} has a key of a kind that TLS clients do not take (${namedCurve || type}). Take RSA, ` +
      "Ed25519, or the curves P-256, P-384 and P-521: `sounder certificate HOST` makes one.",
  )
}

/** The signature of a root is not looked at: it is trusted as it is. */
function signatureProblem({ cert, extensions, name, renewal }: Step) {
  const digest = brokenDigests[extensions.signatureAlgorithm]
  if (digest === undefined || isOwnIssuer(cert)) return undefined
  return problem(
    "weak-signature",
    `${name} is signed with ${digest}, which Telegram does not take any more. ${renewal}`,
  )
}

function issuerProblem(step: Step, steps: readonly Step[], host: string | undefined) {
  const { extensions, index, name, cert } = step
  if (index === 0) return undefined
  const say = (reason: string) =>
    problem(
      "issuer-not-authority",
      `${name} may not issue what it has issued: ${reason}. Get the certificate from an authority ` +
        "that may, or create one with `sounder certificate HOST`.",
    )
  const { isAuthority, keyUsage, pathLength, permittedNames, excludedNames } = extensions
  const isOldRoot = isAuthority === undefined && isOwnIssuer(cert)
  if (isAuthority !== true && !isOldRoot) return say("it is not marked as an authority (CA:TRUE)")
  if (keyUsage && !keyUsage.has("keyCertSign")) return say("its key usage lacks keyCertSign")
  // An authority that has issued itself a new certificate is not counted.
  const below = steps.slice(1, index).filter((one) => one.cert.subject !== one.cert.issuer).length
  if (pathLength !== undefined && below > pathLength) {
    return say(`it allows ${pathLength} authorities below it, and there are ${below}`)
  }
  if (host === undefined) return undefined
  const isPermitted =
    permittedNames.length === 0 || permittedNames.some((one) => isBelow(host, one))
  if (isPermitted && !excludedNames.some((one) => isBelow(host, one))) return undefined
  return say(`its name constraints leave ${host} out`)
}

function isBelow(host: string, name: string): boolean {
  const base = name.replace(/^\./, "")
  return base === "" || host === base || host.endsWith(`.${base}`)
}

function lengthProblem(path: readonly X509Certificate[]): CertificateProblem | undefined {
  if (path.length <= longestPath) return undefined
  return problem(
    "chain-too-long",
    `The chain has ${path.length - 2} certificates between the server's own and the root, and ` +
      `Telegram follows at most ${longestPath - 2}. Take a certificate of an authority that is closer ` +
      "to its root.",
  )
}
