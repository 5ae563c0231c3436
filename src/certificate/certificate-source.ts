import type { CertificateAndKey } from "./create-certificate.js"

/**
 * A supplier of a server's certificates that can replace them while the server runs: files that are
 * watched, an ACME authority, or an implementation of your own.
 */
export interface CertificateSource {
  /**
   * Returns the current certificates, each with its key, as PEM texts; an empty array if the source
   * has none yet. Rejects if the source cannot be read.
   */
  load(): Promise<readonly CertificateAndKey[]>
  /** Starts to watch for new certificates, and offers them to the server until the watch stops. */
  watch(offer: OfferCertificates): CertificateWatch
  /**
   * Returns the certificate that answers the pending tls-alpn-01 challenge for a name; `undefined` if
   * no challenge is pending. The server sends this certificate only to clients that negotiate the
   * protocol `acme-tls/1` (ALPN), as only the authority does.
   *
   * @param serverName the server name (SNI) of the handshake, in lower case; an IP address comes as
   *   its reverse name, as in `7.113.0.203.in-addr.arpa`
   * @see https://www.rfc-editor.org/rfc/rfc8737
   */
  challengeFor?(serverName: string): CertificateAndKey | undefined
}

/**
 * Gives a server new certificates, which replace all earlier ones of the same source. Resolves when the
 * server uses the new certificates. Rejects if Telegram would not accept them; the server then keeps the
 * old certificates.
 */
export type OfferCertificates = (certificates: readonly CertificateAndKey[]) => Promise<void>

/** A running watch of a {@link CertificateSource}. */
export interface CertificateWatch {
  /** Resolves when the server has a certificate. Rejects if the source cannot get one. */
  readonly ready: Promise<void>
  /** Stops the watch. Resolves when its running work has ended. */
  stop(): Promise<void>
}
