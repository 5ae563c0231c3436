import { expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import type { X509Certificate } from "node:crypto"
import { type CertificateChain, certificateChain } from "./certificate-chain.js"
import type { CertificateProblem } from "./certificate-problem.js"
import {
  certificateProblems,
  certificateProblemsNames,
  type CertificateProblemsOptions,
  trustPathOf,
} from "./certificate-problems.js"
import { type CertificateRemark, certificateRemarks } from "./certificate-remarks.js"
import { oneLine } from "./certificate-text.js"
import { needsUpload } from "./needs-upload.js"
import { isOwnIssuer, readCertificates } from "./read-certificates.js"

/** The content of one certificate. */
export interface CertificateFacts {
  /** The subject, as in `CN=bot.example.com`. */
  readonly subject: string
  /** The subject of the issuer. */
  readonly issuer: string
  /** The alternative names, as in `DNS:bot.example.com` and `IP Address:203.0.113.7`. */
  readonly names: readonly string[]
  /** The beginning of the certificate's validity. */
  readonly validFrom: Date
  /** The end of the certificate's validity. */
  readonly validTo: Date
  /** The type and size of the key, as in `EC P-256` and `RSA 2048`. */
  readonly keyType: string
  /** True if the certificate is signed with its own key. */
  readonly isSelfSigned: boolean
}

/** The options of {@link inspectCertificate}. */
export interface InspectCertificateOptions extends Omit<
  CertificateProblemsOptions,
  "host" | "uploaded"
> {
  /** The webhook's URL. Default: none; the certificate's names are then not compared. */
  readonly url?: string
  /**
   * True if the certificate is uploaded with `setWebhook`. Default: the result of {@link needsUpload},
   * which is true for a self-signed certificate.
   */
  readonly uploaded?: boolean
}

const { host: _host, ...problemNames } = certificateProblemsNames
const optionNames: OptionNames<InspectCertificateOptions> = { ...problemNames, url: true }

/** The result of {@link inspectCertificate}. */
export interface CertificateInspection {
  /** The certificates of the file, in the order of the file; empty if the file is unreadable. */
  readonly certificates: readonly CertificateFacts[]
  /** The host of the URL, which was compared with the certificate's names; `undefined` without a URL. */
  readonly host: string | undefined
  /** True if the certificate was judged as an uploaded one. */
  readonly uploaded: boolean
  /** True if a private key was given. */
  readonly hasKey: boolean
  /** The defects that keep Telegram from delivering; empty if Telegram accepts the certificate. */
  readonly problems: readonly CertificateProblem[]
  /** The defects in spite of which Telegram accepts the certificate. */
  readonly remarks: readonly CertificateRemark[]
}

/**
 * Returns the content of a certificate file and its defects, judged by Telegram's rules.
 *
 * @throws TypeError for a URL that cannot be a webhook's
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
  expectOptionsObject(options, "inspectCertificate({ cert, url })", optionNames)
  const { cert, key, url, now = new Date() } = options
  const uploaded = options.uploaded ?? needsUpload(cert, options.authorities)
  const host = url === undefined ? undefined : hostOf(url)
  const all = readOrEmpty(cert)
  const chain = certificateChain(all)
  const { url: _, ...rest } = options
  const judged = { ...rest, uploaded, now, ...(host === undefined ? {} : { host }) }
  const problems = certificateProblems(judged)
  return {
    certificates: all.map(certificateFacts),
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

function readOrEmpty(pem: string): X509Certificate[] {
  try {
    return readCertificates(pem)
  } catch {
    return []
  }
}

function certificateFacts(cert: X509Certificate): CertificateFacts {
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

/**
 * Returns the remarks on a certificate. If a problem already says that Telegram trusts no root of the chain,
 * the remarks on the root and its authority are omitted.
 */
function remarksOn(
  chain: CertificateChain | undefined,
  problems: readonly CertificateProblem[],
  judged: CertificateProblemsOptions & { readonly now: Date },
): CertificateRemark[] {
  if (!chain) return []
  const { uploaded, now } = judged
  const remarks = certificateRemarks({ chain, trusted: trustPathOf(chain, judged), uploaded, now })
  const trustProblems = ["missing-intermediate", "not-uploaded", "issuer-not-uploaded"]
  const hasTrustProblem = problems.some(({ code }) => trustProblems.includes(code))
  return remarks.filter(({ code }) => {
    return !(hasTrustProblem && ["unknown-authority", "needless-root"].includes(code))
  })
}
