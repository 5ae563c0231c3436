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
   * The authorities that everybody trusts, as PEM texts. Default: those that Node brings along, and
   * those of `NODE_EXTRA_CA_CERTS`.
   */
  readonly authorities?: readonly string[]
  /** The time at which it is judged. Default: the present. */
  readonly now?: Date
}

/**
 * Says what would keep Telegram from delivering over this certificate, judged as Telegram's own
 * server does it; empty when all is well. It cannot know whether an authority is a public one.
 *
 * @see https://core.telegram.org/bots/webhooks#the-longer-version
 */
export function certificateProblems(options: CertificateProblemsOptions): CertificateProblem[] {
  const { key, cert, host, uploaded } = options
  const read = readOrProblem(cert)
  if ("code" in read) {
    const ofKey = key === undefined ? undefined : keyProblem(undefined, key)
    return ofKey ? [read, ofKey] : [read]
  }
  const { leaf } = read
  const found = trustPathOf(read, options)
  const authority = authorityProblem(leaf, host)
  const problems = [
    orderProblem(read),
    authority ?? (host === undefined ? undefined : nameProblem(leaf, host, uploaded)),
    ...chainProblems(found.path, { now: options.now ?? new Date(), host }),
    rejectedProblem(cert, found),
    key === undefined ? undefined : keyProblem(leaf, key),
    authority ? undefined : trustProblem(read, found, options),
  ]
  return problems.filter((one) => one !== undefined)
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
    return certificateChain(readCertificates(pem)) ?? contentProblem(pem)
  } catch {
    return problem(
      "unreadable",
      "The certificate is damaged: copy the file again, whole, from -----BEGIN to -----END.",
    )
  }
}

/** Finds the way to a root that Telegram trusts: with an upload, nothing but the file counts. */
export function trustPathOf(
  chain: CertificateChain,
  options: CertificateProblemsOptions,
): TrustPath {
  const { uploaded, now = new Date() } = options
  const { leaf, path, unrelated } = chain
  const given = [...path, ...unrelated]
  return trustPath(leaf, uploaded ? given : authoritiesOf(options), given, now)
}

function authoritiesOf({ authorities }: CertificateProblemsOptions): readonly X509Certificate[] {
  return authorities?.flatMap(readCertificates) ?? knownAuthorities()
}

/** Reports a certificate that only signs others where a server's was expected. */
function authorityProblem(
  leaf: X509Certificate,
  host: string | undefined,
): CertificateProblem | undefined {
  const commonName = commonNameOf(leaf)
  const isNamed = leaf.subjectAltName !== undefined || /^\S[^\s.]*\.\S+$/.test(commonName)
  if (isNamed || commonName === "localhost") return undefined
  if (commonName === "") {
    // With a host to compare, the message on names says the same.
    if (host !== undefined) return undefined
    return problem(
      "wrong-host",
      `The certificate names no host: its subject is ${oneLine(leaf.subject)}, without a common ` +
        "name (CN) and without alternative names. Create one with `sounder certificate HOST`.",
    )
  }
  if (!leaf.ca) return undefined
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

function rejectedProblem(pem: string, { path }: TrustPath): CertificateProblem | undefined {
  const root = path.at(-1)
  if (!root || !isRejectedForServers(pem, root)) return undefined
  return problem(
    "not-for-servers",
    "The file is a TRUSTED CERTIFICATE of OpenSSL that says not to trust it for servers. Take that " +
      "out: openssl x509 -in FILE -clrtrust -clrreject -out cert.pem",
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
      "Telegram trusts only what is uploaded, and the authority that issued this certificate is not " +
        "in it. If it is a public authority, do not upload the certificate; if it is your own, add " +
        "its root certificate to the file.",
    )
  }
  const last = path.at(-1) ?? leaf
  if (isOwnIssuer(last)) return notUploaded(last === leaf, last)
  // Where an issuer is there, the authority above it may be one that this Node does not know.
  if (path.length > 1 && !authorities) return undefined
  return problem(
    "missing-intermediate",
    `The certificate of its issuer (${oneLine(last.issuer)}) is missing, and Telegram fetches none by ` +
      "itself: give the whole chain, which authorities call fullchain.pem. If it is an authority of " +
      "your own, upload the certificate together with its root.",
  )
}

function notUploaded(isAlone: boolean, root: X509Certificate): CertificateProblem {
  const why = isAlone
    ? "The certificate is self-signed"
    : `The certificate's chain ends at a root that only you know (${oneLine(root.subject)})`
  return problem(
    "not-uploaded",
    `${why}, so Telegram trusts it only if it is uploaded: send it as \`certificate\` with setWebhook.`,
  )
}
