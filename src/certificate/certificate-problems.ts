import { expectOptionsObject, type OptionNames } from "../ground/expect-option.js"
import type { X509Certificate } from "node:crypto"
import { type CertificateChain, certificateChain } from "./certificate-chain.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { commonNameOf, namesOf, oneLine } from "./certificate-text.js"
import { chainProblems } from "./chain-problems.js"
import { contentProblem } from "./file-content.js"
import { keyProblem } from "./key-problem.js"
import { knownAuthorities } from "./known-authorities.js"
import { nameProblem } from "./name-problem.js"
import { isOwnIssuer, readCertificates } from "./read-certificates.js"
import { isRejectedForServers } from "./trusted-certificate.js"
import { type TrustPath, trustPath } from "./trust-path.js"

/** The options of {@link certificateProblems}. */
export interface CertificateProblemsOptions {
  /** The certificates as PEM text, the server certificate first. */
  readonly cert: string
  /** The private key as PEM text. Default: none; problems of the key are then not found. */
  readonly key?: string
  /** The host of the webhook's URL. Default: none; the certificate's names are then not compared. */
  readonly host?: string
  /** True if `cert` is uploaded with `setWebhook`: Telegram then trusts no other certificate. */
  readonly uploaded: boolean
  /**
   * The trusted root certificates, as PEM texts. Default: the roots that Node ships, and the roots of
   * `NODE_EXTRA_CA_CERTS`.
   */
  readonly authorities?: readonly string[]
  /** The time at which the certificate has to be valid. Default: the current time. */
  readonly now?: Date
}

/** The names of the options of {@link certificateProblems}. */
export const certificateProblemsNames: OptionNames<CertificateProblemsOptions> = {
  cert: true,
  key: true,
  host: true,
  uploaded: true,
  authorities: true,
  now: true,
}

/**
 * Returns the problems of a certificate that keep Telegram from delivering to its server; an empty
 * array if Telegram accepts the certificate. The function applies the rules of Telegram's TLS client,
 * OpenSSL.
 *
 * A chain of several certificates that ends at an authority unknown to Node is no problem: Telegram may
 * trust more public authorities than Node.
 *
 * @see https://core.telegram.org/bots/webhooks#the-longer-version
 */
export function certificateProblems(options: CertificateProblemsOptions): CertificateProblem[] {
  expectOptionsObject(options, "certificateProblems({ cert, uploaded })", certificateProblemsNames)
  const { key, cert, host, uploaded } = options
  const chain = chainOrProblem(cert)
  if ("code" in chain) {
    const unreadableKey = key === undefined ? undefined : keyProblem(undefined, key)
    return unreadableKey ? [chain, unreadableKey] : [chain]
  }
  const { leaf } = chain
  // The path to a trusted root, which may differ from the path in the file.
  const trusted = trustPathOf(chain, options)
  const wrongCertificate = authorityProblem(leaf, host)
  const problems = [
    orderProblem(chain),
    wrongCertificate ?? (host === undefined ? undefined : nameProblem(leaf, host, uploaded)),
    ...chainProblems(trusted.path, { now: options.now ?? new Date(), host }),
    rejectedProblem(cert, trusted),
    key === undefined ? undefined : keyProblem(leaf, key),
    wrongCertificate ? undefined : trustProblem(chain, trusted, options),
  ]
  return problems.filter((found) => found !== undefined)
}

function chainOrProblem(pem: string): CertificateChain | CertificateProblem {
  if (/-----END CERTIFICATE-----[ \t]*-----BEGIN/.test(pem)) {
    return problem(
      "unreadable",
      "Two certificates of the file share a line, which makes the file unreadable for servers: put a " +
        "line break between -----END CERTIFICATE----- and -----BEGIN CERTIFICATE-----.",
    )
  }
  try {
    return certificateChain(readCertificates(pem)) ?? contentProblem(pem)
  } catch {
    return problem(
      "unreadable",
      "The certificate is damaged: copy the file again, whole, from -----BEGIN to -----END.",
    )
  }
}

/**
 * Returns the path from the server certificate to a root that Telegram trusts. If the file is
 * uploaded, Telegram trusts only the certificates of the file.
 */
export function trustPathOf(
  chain: CertificateChain,
  options: CertificateProblemsOptions,
): TrustPath {
  const { uploaded, now = new Date() } = options
  const { leaf, path, unrelated } = chain
  const sent = [...path, ...unrelated]
  return trustPath(leaf, uploaded ? sent : authoritiesOf(options), sent, now)
}

function authoritiesOf({ authorities }: CertificateProblemsOptions): readonly X509Certificate[] {
  return authorities?.flatMap(readCertificates) ?? knownAuthorities()
}

/** Returns a problem if the server certificate contains no host, or belongs to an authority instead. */
function authorityProblem(
  leaf: X509Certificate,
  host: string | undefined,
): CertificateProblem | undefined {
  const commonName = commonNameOf(leaf)
  const isNamed = leaf.subjectAltName !== undefined || /^\S[^\s.]*\.\S+$/.test(commonName)
  if (isNamed || commonName === "localhost") return undefined
  if (commonName === "") {
    // With a host, `nameProblem` reports the same defect.
    if (host !== undefined) return undefined
    return problem(
      "wrong-host",
      `The certificate names no host: its subject (${oneLine(leaf.subject)}) has no common name (CN), ` +
        "and it has no alternative names. Create a certificate with `sounder certificate HOST`.",
    )
  }
  if (!leaf.ca) return undefined
  return problem(
    "authority-instead-of-certificate",
    `The certificate belongs to an authority (${namesOf(leaf)}), not to a server: give the server ` +
      "certificate, followed by the certificates of its authorities (fullchain.pem).",
  )
}

function orderProblem({ leaf, isLeafFirst }: CertificateChain): CertificateProblem | undefined {
  if (isLeafFirst) return undefined
  return problem(
    "server-certificate-not-first",
    `The server certificate (${namesOf(leaf)}) is not the first certificate of the file. Move it to ` +
      "the top, and put each issuer right after the certificate that it issued.",
  )
}

function rejectedProblem(pem: string, { path }: TrustPath): CertificateProblem | undefined {
  const root = path.at(-1)
  if (!root || !isRejectedForServers(pem, root)) return undefined
  return problem(
    "not-for-servers",
    "The file is a TRUSTED CERTIFICATE of OpenSSL whose trust settings reject servers. Remove the " +
      "settings: openssl x509 -in FILE -clrtrust -clrreject -out cert.pem",
  )
}

function trustProblem(
  { leaf }: CertificateChain,
  { path, isTrusted }: TrustPath,
  { uploaded, authorities }: CertificateProblemsOptions,
): CertificateProblem | undefined {
  if (isTrusted) return undefined
  if (uploaded) {
    return problem(
      "issuer-not-uploaded",
      "Telegram trusts only the certificates of the uploaded file, and the root of the authority " +
        "that issued the server certificate is missing there. If the authority is public, do not " +
        "upload the certificate; if the authority is your own, add its root certificate to the file.",
    )
  }
  const last = path.at(-1) ?? leaf
  if (isOwnIssuer(last)) return notUploaded(last === leaf, last)
  // The missing issuer of an intermediate may be a public root that this Node does not know.
  if (path.length > 1 && !authorities) return undefined
  return problem(
    "missing-intermediate",
    `The certificate of the issuer (${oneLine(last.issuer)}) is missing, and Telegram does not fetch ` +
      "missing certificates: give the whole chain, which authorities call fullchain.pem. If the " +
      "authority is your own, upload the certificate together with the authority's root.",
  )
}

function notUploaded(isSelfSigned: boolean, root: X509Certificate): CertificateProblem {
  const why = isSelfSigned
    ? "The certificate is self-signed"
    : `The certificate's chain ends at a root that only you know (${oneLine(root.subject)})`
  return problem(
    "not-uploaded",
    `${why}, so Telegram trusts it only if it is uploaded: send it as \`certificate\` with setWebhook.`,
  )
}
