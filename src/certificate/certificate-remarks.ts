import type { X509Certificate } from "node:crypto"
import { nodeNet } from "../ground/node-modules.js"
import type { CertificateChain } from "./certificate-chain.js"
import { dueAnnouncements, timeLeftText } from "./certificate-lifetime.js"
import { commonNameOf, oneLine } from "./certificate-text.js"
import type { TrustPath } from "./trust-path.js"

/** The kinds of {@link CertificateRemark}. */
export type CertificateRemarkCode =
  | "common-name-only"
  | "expires-soon"
  | "chain-order"
  | "needless-root"
  | "unrelated-certificate"
  | "unknown-authority"

/** A defect in spite of which Telegram accepts a certificate. */
export interface CertificateRemark {
  /** The kind of the remark. A code keeps its meaning in later versions. */
  readonly code: CertificateRemarkCode
  /** A description of the defect and of its fix, for a person. */
  readonly message: string
}

/** The input of {@link certificateRemarks}. */
export interface CertificateRemarksOptions {
  /** The certificates of the file. */
  readonly chain: CertificateChain
  /** The path from the server certificate to a trusted root. */
  readonly trusted: TrustPath
  /** True if the file is uploaded with `setWebhook`. */
  readonly uploaded: boolean
  /** The time from which the remaining lifetime is counted. */
  readonly now: Date
}

/** Returns the remarks on a certificate. */
export function certificateRemarks({
  chain,
  trusted: { path: trustedPath, isTrusted },
  uploaded,
  now,
}: CertificateRemarksOptions): CertificateRemark[] {
  const { leaf, path, reachesRoot, isLeafFirst, isInOrder, unrelated } = chain
  const last = trustedPath.at(-1) ?? leaf
  const remainingMs = new Date(leaf.validTo).getTime() - now.getTime()
  // A cross-signed root is not in `path`, but may be in the path to a trusted root.
  const unneeded = unrelated.filter((cert) => !trustedPath.includes(cert))
  const remarks: [CertificateRemarkCode, boolean, string][] = [
    [
      "common-name-only",
      !leaf.subjectAltName && commonNameOf(leaf) !== "" && !nodeNet().isIPv4(commonNameOf(leaf)),
      "The certificate names its host only in its common name (CN), which Telegram accepts and " +
        "browsers do not. Keep it, or create a new certificate with `sounder certificate HOST`.",
    ],
    [
      "expires-soon",
      remainingMs > 0 && dueAnnouncements(leaf, now.getTime()) > 0,
      `The certificate expires in ${timeLeftText(remainingMs)}: renew it now.`,
    ],
    [
      "chain-order",
      isLeafFirst && !isInOrder,
      "The certificates of the file are not in order. Telegram accepts this, other clients may not: " +
        "put each issuer right after the certificate that it issued.",
    ],
    [
      "needless-root",
      !uploaded && reachesRoot && path.length > 1,
      "The file contains the root certificate, which every client that trusts it already has: remove " +
        "it from the file.",
    ],
    [
      "unrelated-certificate",
      unneeded.length > 0,
      `The file contains certificates that do not belong to the chain: ${subjectsOf(unneeded)}. ` +
        "Remove them.",
    ],
    [
      "unknown-authority",
      !isTrusted,
      `The chain ends with ${oneLine(last.subject)}, issued by ${oneLine(last.issuer)}, an authority ` +
        "that Node does not know: Telegram may not trust it, or an intermediate certificate is missing.",
    ],
  ]
  return remarks.flatMap(([code, applies, message]) => (applies ? [{ code, message }] : []))
}

function subjectsOf(all: readonly X509Certificate[]): string {
  return all.map(({ subject }) => oneLine(subject)).join("; ")
}
