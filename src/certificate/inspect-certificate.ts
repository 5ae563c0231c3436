import type { X509Certificate } from "node:crypto"
import { type CertificateChain, certificateChain } from "./certificate-chain.js"
import type { CertificateProblem } from "./certificate-problem.js"
import {
  certificateProblems,
  type CertificateProblemsOptions,
  trustPathOf,
} from "./certificate-problems.js"
import { type CertificateRemark, certificateRemarks } from "./certificate-remarks.js"
import { oneLine } from "./certificate-text.js"
import { needsUpload } from "./needs-upload.js"
import { isOwnIssuer, readCertificates } from "./read-certificates.js"

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
  /**
   * Whether it is sent along with `setWebhook`. Default: where its chain ends, in the file, at a root
   * that no public list has, as a self-signed one does.
   */
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
  const uploaded = options.uploaded ?? needsUpload(cert, options.authorities)
  const host = url === undefined ? undefined : hostOf(url)
  const all = readOrNone(cert)
  const chain = certificateChain(all)
  const judged = { ...options, uploaded, now, ...(host === undefined ? {} : { host }) }
  const problems = certificateProblems(judged)
  return {
    certificates: all.map(factsOf),
    host,
    uploaded,
    hasKey: key !== undefined,
    problems,
    remarks: remarksOn(chain, problems, judged),
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

/** A root that is not trusted is a problem of its own where there is one of trust. */
function remarksOn(
  chain: CertificateChain | undefined,
  problems: readonly CertificateProblem[],
  judged: CertificateProblemsOptions & { readonly now: Date },
): CertificateRemark[] {
  if (!chain) return []
  const { uploaded, now } = judged
  const remarks = certificateRemarks({ chain, found: trustPathOf(chain, judged), uploaded, now })
  const ofTrust = ["missing-intermediate", "not-uploaded", "issuer-not-uploaded"]
  const isSaid = problems.some(({ code }) => ofTrust.includes(code))
  return remarks.filter(({ code }) => {
    return !(isSaid && ["unknown-authority", "needless-root"].includes(code))
  })
}
