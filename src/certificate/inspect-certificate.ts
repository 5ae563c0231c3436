import type { X509Certificate } from "node:crypto"
import { isIPv4 } from "node:net"
import { type CertificateChain, certificateChain } from "./certificate-chain.js"
import {
  type CertificateProblem,
  certificateProblems,
  type CertificateProblemsOptions,
} from "./certificate-problems.js"
import { isTrusted } from "./known-authorities.js"
import { isOwnIssuer, isSelfSigned, readCertificates } from "./read-certificates.js"

/** What is worth knowing of a certificate though Telegram accepts it. */
export type CertificateRemarkCode =
  | "common-name-only"
  | "expires-soon"
  | "chain-order"
  | "needless-root"
  | "unrelated-certificate"
  | "unknown-authority"

/** One thing that is worth knowing. */
export interface CertificateRemark {
  /** Stable name of what is remarked on. */
  readonly code: CertificateRemarkCode
  /** What was seen, and what to do. */
  readonly message: string
}

/** What one certificate of a file says. */
export interface CertificateFacts {
  /** Whose it is, as `CN=bot.example.com`. */
  readonly subject: string
  /** Who issued it. */
  readonly issuer: string
  /** Its alternative names, as `DNS:bot.example.com` and `IP Address:203.0.113.7`. */
  readonly names: readonly string[]
  /** When it begins. */
  readonly validFrom: Date
  /** When it ends. */
  readonly validTo: Date
  /** The kind and size of its key, as `EC P-256` and `RSA 2048`. */
  readonly keyType: string
  /** Whether it is signed with its own key. */
  readonly isSelfSigned: boolean
}

/** What {@link inspectCertificate} is to look at. */
export interface InspectCertificateOptions extends Omit<
  CertificateProblemsOptions,
  "host" | "uploaded"
> {
  /** The webhook's URL. Without it, names are not compared. */
  readonly url?: string
  /** Whether it is sent along with `setWebhook`. Where it is self-signed by default. */
  readonly uploaded?: boolean
}

/** What {@link inspectCertificate} has found. */
export interface CertificateInspection {
  /** Every certificate of the file, in its order; none where it cannot be read. */
  readonly certificates: readonly CertificateFacts[]
  /** The host of the URL that names were compared with. */
  readonly host: string | undefined
  /** Whether it was judged as one that is uploaded. */
  readonly uploaded: boolean
  /** Whether a private key was there to be compared. */
  readonly hasKey: boolean
  /** What keeps Telegram from delivering; empty where it would. */
  readonly problems: readonly CertificateProblem[]
  /** What is worth knowing besides. */
  readonly remarks: readonly CertificateRemark[]
}

const soonMs = 14 * 24 * 60 * 60 * 1000

/**
 * Looks at a certificate as Telegram does: what it is, what is wrong with it, and what is worth
 * knowing besides.
 *
 * @throws TypeError for a URL that is none of a webhook
 * @example
 * ```ts
 * import { readFileSync } from "node:fs"
 * import { inspectCertificate } from "sounder"
 *
 * const { problems } = inspectCertificate({
 *   cert: readFileSync("cert.pem", "utf8"),
 *   url: "https://bot.example.com/hook",
 * })
 * ```
 */
export function inspectCertificate(options: InspectCertificateOptions): CertificateInspection {
  const { cert, key, url, now = new Date() } = options
  const uploaded = options.uploaded ?? isSelfSigned(cert)
  const host = url === undefined ? undefined : hostOf(url)
  const all = readOrNone(cert)
  const chain = certificateChain(all)
  const judged = { ...options, uploaded, now, ...(host === undefined ? {} : { host }) }
  const problems = certificateProblems(judged)
  const isMissing = problems.some(({ code }) => code === "missing-intermediate")
  return {
    certificates: all.map(factsOf),
    host,
    uploaded,
    hasKey: key !== undefined,
    problems,
    remarks: chain
      ? remarksOn(chain, judged).filter(({ code }) => !isMissing || code !== "unknown-authority")
      : [],
  }
}

function hostOf(url: string): string {
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === "https:") return parsed.hostname.replaceAll(/[[\]]/g, "")
  throw new TypeError(
    "Expected the `url` option to be a webhook's URL, as in https://bot.example.com/hook.",
  )
}

function readOrNone(pem: string): X509Certificate[] {
  try {
    return readCertificates(pem)
  } catch {
    return []
  }
}

function factsOf(cert: X509Certificate): CertificateFacts {
  return {
    subject: oneLine(cert.subject),
    issuer: oneLine(cert.issuer),
    names: cert.subjectAltName?.split(", ") ?? [],
    validFrom: new Date(cert.validFrom),
    validTo: new Date(cert.validTo),
    keyType: keyTypeOf(cert),
    isSelfSigned: isOwnIssuer(cert),
  }
}

function keyTypeOf({ publicKey }: X509Certificate): string {
  const { asymmetricKeyType: type = "unknown", asymmetricKeyDetails: details } = publicKey
  if (type === "ec") return `EC ${(details?.namedCurve ?? "").replace("prime256v1", "P-256")}`
  return [type.toUpperCase(), details?.modulusLength].filter(Boolean).join(" ")
}

function remarksOn(
  chain: CertificateChain,
  { uploaded, authorities, now }: CertificateProblemsOptions & { now: Date },
): CertificateRemark[] {
  const { leaf, path, reachesRoot, isLeafFirst, isInOrder, unrelated } = chain
  const last = path.at(-1) ?? leaf
  const leftMs = new Date(leaf.validTo).getTime() - now.getTime()
  const known = authorities?.flatMap(readCertificates)
  const isUnknown = !uploaded && !isOwnIssuer(leaf) && !isTrusted(last, known)
  const found: [CertificateRemarkCode, boolean, string][] = [
    [
      "common-name-only",
      !leaf.subjectAltName && !isIPv4Only(leaf),
      "It names its host only as common name (CN), which Telegram accepts and browsers do not. " +
        "Leave it, or create one with `sounder certificate HOST`.",
    ],
    ["expires-soon", leftMs > 0 && leftMs < soonMs, "It ends within two weeks: renew it now."],
    [
      "chain-order",
      isLeafFirst && !isInOrder,
      "The certificates are not in order. Telegram finds its way, other clients may not: put each " +
        "issuer right after what it issued.",
    ],
    [
      "needless-root",
      !uploaded && reachesRoot && path.length > 1,
      "The root certificate is in the file. Who trusts it has it already: leave it out.",
    ],
    [
      "unrelated-certificate",
      unrelated.length > 0,
      `In the file are certificates that have nothing to do with it: ${unrelated
        .map(({ subject }) => oneLine(subject))
        .join("; ")}. Leave them out.`,
    ],
    [
      "unknown-authority",
      isUnknown,
      `Its chain ends with ${oneLine(last.subject)}, issued by ${oneLine(last.issuer)}, which is no ` +
        "authority that Node knows: Telegram may not trust it, or a certificate is missing between.",
    ],
  ]
  return found.flatMap(([code, isSo, message]) => (isSo ? [{ code, message }] : []))
}

/** A common name that is an address is what Telegram compares, and no browser's business. */
function isIPv4Only({ subject }: X509Certificate): boolean {
  return isIPv4(/^CN=(.*)$/m.exec(subject ?? "")?.[1] ?? "")
}

function oneLine(name: string | undefined): string {
  return (name ?? "").replaceAll("\n", ", ") || "nobody"
}
