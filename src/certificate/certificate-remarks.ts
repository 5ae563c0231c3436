import type { X509Certificate } from "node:crypto"
import { isIPv4 } from "node:net"
import type { CertificateChain } from "./certificate-chain.js"
import { dueAnnouncements, spelledTimeLeft } from "./certificate-lifetime.js"
import { commonNameOf, oneLine } from "./certificate-text.js"
import type { TrustPath } from "./trust-path.js"

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

/** What remarks are made on. */
export interface RemarkedOn {
  /** The certificates of the file. */
  readonly chain: CertificateChain
  /** The way to a root. */
  readonly found: TrustPath
  /** Whether the file is sent along with `setWebhook`. */
  readonly uploaded: boolean
  /** The time at which it is judged. */
  readonly now: Date
}

/** Says what is worth knowing of a certificate beside its problems. */
export function certificateRemarks({
  chain,
  found: { path: way, isTrusted },
  uploaded,
  now,
}: RemarkedOn): CertificateRemark[] {
  const { leaf, path, reachesRoot, isLeafFirst, isInOrder, unrelated } = chain
  const last = way.at(-1) ?? leaf
  const leftMs = new Date(leaf.validTo).getTime() - now.getTime()
  // A known root that is in the file cross-signed needs nothing above it.
  const strangers = unrelated.filter((cert) => !way.includes(cert))
  const found: [CertificateRemarkCode, boolean, string][] = [
    [
      "common-name-only",
      !leaf.subjectAltName && commonNameOf(leaf) !== "" && !isIPv4(commonNameOf(leaf)),
      "It names its host only as common name (CN), which Telegram accepts and browsers do not. " +
        "Leave it, or create one with `sounder certificate HOST`.",
    ],
    [
      "expires-soon",
      leftMs > 0 && dueAnnouncements(leaf, now.getTime()) > 0,
      `It ends in ${spelledTimeLeft(leftMs)}: renew it now.`,
    ],
    [
      "chain-order",
      isLeafFirst && !isInOrder,
      "The certificates are not in order. Telegram finds its way, other clients may not: put each " +
        "issuer right after what it issued.",
    ],
    [
      "needless-root",
      !uploaded && reachesRoot && path.length > 1,
      "The root certificate is in the file. Every client that trusts it has it already: leave it out.",
    ],
    [
      "unrelated-certificate",
      strangers.length > 0,
      `The file also holds certificates that do not belong to the chain: ${subjectsOf(strangers)}. ` +
        "Leave them out.",
    ],
    [
      "unknown-authority",
      !isTrusted,
      `Its chain ends with ${oneLine(last.subject)}, issued by ${oneLine(last.issuer)}, which is no ` +
        "authority that Node knows: Telegram may not trust it, or a certificate is missing between.",
    ],
  ]
  return found.flatMap(([code, isSo, message]) => (isSo ? [{ code, message }] : []))
}

function subjectsOf(all: readonly X509Certificate[]): string {
  return all.map(({ subject }) => oneLine(subject)).join("; ")
}
