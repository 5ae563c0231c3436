import type { CertificateAndKey } from "./create-certificate.js"

/**
 * Where the certificates of a server come from when they are not simply given: files that may
 * change, or an authority that is asked (ACME). A source of your own is as good as any.
 */
export interface CertificateSource {
  /**
   * The certificates of the moment, each with its key, as PEM texts; none where there are none yet.
   * Rejects where they cannot be read.
   */
  load(): Promise<readonly CertificateAndKey[]>
  /** Begins to look for other ones, and gives them to the server until it is stopped. */
  watch(offer: OfferCertificates): CertificateWatch
  /**
   * The certificate that answers a challenge of an authority (tls-alpn-01) for a name, and is shown
   * to nobody but that authority; `undefined` where there is no challenge.
   *
   * @param serverName the name as it was asked for, in small letters; that of an IP address is
   *   written backwards, as in `7.113.0.203.in-addr.arpa`
   * @see https://www.rfc-editor.org/rfc/rfc8737
   */
  challengeFor?(serverName: string): CertificateAndKey | undefined
}

/**
 * Gives a server other certificates in place of all that the source gave before. Resolves when they
 * are served; rejects, and leaves the old ones in place, where Telegram could not use the new ones.
 */
export type OfferCertificates = (certificates: readonly CertificateAndKey[]) => Promise<void>

/** A {@link CertificateSource} that is looking for other certificates. */
export interface CertificateWatch {
  /** Resolves when there is a certificate to serve; rejects where none can be had. */
  readonly ready: Promise<void>
  /** Looks no more; resolves when nothing is left running. */
  stop(): Promise<void>
}
