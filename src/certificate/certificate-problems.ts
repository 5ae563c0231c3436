import type { X509Certificate } from "node:crypto"
import { isIPv4, isIPv6 } from "node:net"
import { nodeCrypto } from "../ground/node-crypto.js"
import { certificateNamesHost } from "./certificate-names-host.js"
import { type CertificateChain, certificateChain } from "./certificate-chain.js"
import { isTrusted } from "./known-authorities.js"
import { isOwnIssuer, readCertificates } from "./read-certificates.js"

/** What can be wrong with a certificate. */
export type CertificateProblemCode =
  | "not-pem"
  | "key-instead-of-certificate"
  | "unreadable"
  | "authority-instead-of-certificate"
  | "server-certificate-not-first"
  | "not-yet-valid"
  | "expired"
  | "wrong-host"
  | "not-for-servers"
  | "unreadable-key"
  | "key-does-not-fit"
  | "not-uploaded"
  | "issuer-not-uploaded"
  | "missing-intermediate"

/** One thing that keeps Telegram from delivering. */
export interface CertificateProblem {
  /** Stable name of the problem. */
  readonly code: CertificateProblemCode
  /** What is wrong, and what to do. */
  readonly message: string
}

/** What {@link certificateProblems} is to judge. */
export interface CertificateProblemsOptions {
  /** The certificates as PEM text, the server's own first. */
  readonly cert: string
  /** The private key as PEM text. Without it, it is not looked at. */
  readonly key?: string
  /** The host of the webhook's URL. Without it, names are not compared. */
  readonly host?: string
  /** Whether `cert` is sent along with `setWebhook`: Telegram then trusts nothing else. */
  readonly uploaded: boolean
  /**
   * The authorities that everybody trusts, as PEM texts. Those that Node brings along, and those of
   * `NODE_EXTRA_CA_CERTS`, by default.
   */
  readonly authorities?: readonly string[]
  /** The time at which it is judged; the present by default. */
  readonly now?: Date
}

const serverAuth = "1.3.6.1.5.5.7.3.1"

/**
 * What would keep Telegram from delivering over this certificate, judged as Telegram's own server
 * does it; empty when all is well. It cannot know whether an authority is a public one.
 *
 * @see https://core.telegram.org/bots/webhooks#the-longer-version
 */
export function certificateProblems(options: CertificateProblemsOptions): CertificateProblem[] {
  const read = readOrProblem(options.cert)
  if ("code" in read) return [read]
  const { leaf } = read
  const authority = authorityProblem(leaf)
  const found = [
    orderProblem(read),
    authority ?? nameProblem(leaf, options),
    dateProblem(leaf, options.now ?? new Date()),
    purposeProblem(leaf),
    keyProblem(leaf, options.key),
    authority ? undefined : trustProblem(read, options),
  ]
  return found.filter((problem) => problem !== undefined)
}

function readOrProblem(pem: string): CertificateChain | CertificateProblem {
  if (/-----END CERTIFICATE-----[ \t]*-----BEGIN/.test(pem)) {
    return problem(
      "unreadable",
      "Two certificates of the file stand on one line, which no server reads: put a line break " +
        "between -----END CERTIFICATE----- and -----BEGIN CERTIFICATE-----.",
    )
  }
  try {
    return certificateChain(readCertificates(pem)) ?? notACertificate(pem)
  } catch {
    return problem(
      "unreadable",
      "The certificate is damaged: copy the file again, whole, from -----BEGIN to -----END.",
    )
  }
}

function notACertificate(pem: string): CertificateProblem {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    return problem(
      "key-instead-of-certificate",
      "A private key was given in place of the certificate: give cert.pem as `cert` and " +
        "private.key as `key`, and never send a private key to Telegram.",
    )
  }
  return problem(
    "not-pem",
    "The certificate is not PEM text (-----BEGIN CERTIFICATE-----). If it is a DER file, convert " +
      "it: openssl x509 -inform der -in cert.der -out cert.pem",
  )
}

/** Whoever asks for the server's certificate is given one that only signs others. */
function authorityProblem(leaf: X509Certificate): CertificateProblem | undefined {
  const isNamed = leaf.subjectAltName !== undefined || /^[^\s]+\.[^\s]+$/.test(commonNameOf(leaf))
  if (!leaf.ca || isNamed || commonNameOf(leaf) === "localhost") return undefined
  return problem(
    "authority-instead-of-certificate",
    `This is the certificate of an authority (${namesOf(leaf)}), not that of a server: give the ` +
      "server's own certificate, followed by those of its authorities (fullchain.pem).",
  )
}

function orderProblem({ leaf, isLeafFirst }: CertificateChain): CertificateProblem | undefined {
  if (isLeafFirst) return undefined
  return problem(
    "server-certificate-not-first",
    `The server's own certificate (${namesOf(leaf)}) has to be the first of the file, and each ` +
      "other one the issuer of the one before it. Move it to the top.",
  )
}

function nameProblem(
  leaf: X509Certificate,
  { host, uploaded }: CertificateProblemsOptions,
): CertificateProblem | undefined {
  if (host === undefined) return undefined
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
  const create = `Create one with \`sounder certificate ${host}\``
  if (!uploaded) return `${create}, or get one for ${host} from your authority.`
  if (!isIPv4(host) || leaf.checkIP(host) === undefined) return `${create}.`
  return (
    "Telegram compares an IP address with an uploaded certificate as if it were a name: it has " +
    `to be there as DNS:${host} beside IP Address:${host}. ${create}.`
  )
}

/** The names that are compared, for the message. */
function namesOf(leaf: X509Certificate): string {
  const commonName = commonNameOf(leaf)
  const subject = commonName === "" ? [] : [`CN=${commonName}`]
  return [...subject, leaf.subjectAltName ?? []].flat().join(", ") || "no host"
}

function commonNameOf(leaf: X509Certificate): string {
  return /^CN=(.*)$/m.exec(leaf.subject ?? "")?.[1] ?? ""
}

function dateProblem(leaf: X509Certificate, now: Date): CertificateProblem | undefined {
  if (now < new Date(leaf.validFrom)) {
    return problem(
      "not-yet-valid",
      `The certificate is valid only from ${leaf.validFrom}. Check the clock of this machine, or ` +
        "create the certificate anew.",
    )
  }
  if (now <= new Date(leaf.validTo)) return undefined
  const advice = "Renew it, or create one with `sounder certificate HOST`."
  return problem("expired", `The certificate has expired on ${leaf.validTo}. ${advice}`)
}

function purposeProblem(leaf: X509Certificate): CertificateProblem | undefined {
  // Node calls the extended key usage `keyUsage`; without that extension every use is allowed.
  const usages: readonly string[] | undefined = leaf.keyUsage
  if (usages === undefined || usages.includes(serverAuth)) return undefined
  return problem(
    "not-for-servers",
    "The certificate is not made for servers: its extended key usage lacks serverAuth (TLS Web " +
      "Server Authentication). Create one with `sounder certificate HOST`.",
  )
}

function keyProblem(
  leaf: X509Certificate,
  key: string | undefined,
): CertificateProblem | undefined {
  if (key === undefined) return undefined
  try {
    if (leaf.checkPrivateKey(nodeCrypto().createPrivateKey(key))) return undefined
  } catch {
    return problem("unreadable-key", `The private key cannot be read. ${keyAdvice(key)}`)
  }
  return problem(
    "key-does-not-fit",
    "The private key does not belong to the certificate: give the two files that were made " +
      "together, with the server's own certificate first in its file.",
  )
}

function keyAdvice(key: string): string {
  if (key.includes("ENCRYPTED")) {
    return "It is protected by a passphrase; remove it: openssl pkey -in private.key -out plain.key"
  }
  if (key.includes("-----BEGIN CERTIFICATE-----")) {
    return "It is a certificate: give private.key as `key` and cert.pem as `cert`."
  }
  return "It has to be PEM text that starts with -----BEGIN PRIVATE KEY-----."
}

function trustProblem(
  chain: CertificateChain,
  { uploaded, authorities }: CertificateProblemsOptions,
): CertificateProblem | undefined {
  if (!uploaded) return publicTrustProblem(chain, authorities)
  if (chain.reachesRoot) return undefined
  return problem(
    "issuer-not-uploaded",
    "Telegram trusts only what is uploaded, and the authority that issued this certificate is not " +
      "in it. If it is a public authority, do not upload the certificate; if it is your own, add " +
      "its root certificate to the file.",
  )
}

function publicTrustProblem(
  { leaf, path }: CertificateChain,
  authorities: readonly string[] | undefined,
): CertificateProblem | undefined {
  const known = authorities?.flatMap(readCertificates)
  if (isOwnIssuer(leaf)) {
    if (known && isTrusted(leaf, known)) return undefined
    return problem(
      "not-uploaded",
      "The certificate is self-signed, so Telegram trusts it only if it is uploaded: send it as " +
        "`certificate` with setWebhook.",
    )
  }
  const last = path.at(-1) ?? leaf
  if (isTrusted(last, known)) return undefined
  // Where an issuer is there, the authority above it may be one that this Node does not know.
  if (path.length > 1 && !known) return undefined
  return problem(
    "missing-intermediate",
    `The certificate of its issuer (${last.issuer.replaceAll("\n", ", ")}) is missing, and Telegram ` +
      "fetches none by itself: give the whole chain, which authorities call fullchain.pem. If it is " +
      "an authority of your own, upload the certificate together with its root.",
  )
}

function problem(code: CertificateProblemCode, message: string): CertificateProblem {
  return { code, message }
}
