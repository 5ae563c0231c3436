import { isIPv4 } from "node:net"
import type { CertificateAndKey } from "../certificate/index.js"
import { loadX509 } from "../certificate/load-x509.js"
import { nodeCrypto } from "../ground/node-modules.js"

/** The extension acmeIdentifier (RFC 8737), whose value is the digest of the key authorization. */
const acmeIdentifier = "1.3.6.1.5.5.7.1.31"
const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }
const dayMs = 24 * 60 * 60 * 1000

/**
 * Creates the self-signed certificate that answers a tls-alpn-01 challenge. The certificate contains the
 * SHA-256 digest of the key authorization.
 *
 * @param keyAuthorization the challenge's token and the fingerprint of the account's key
 * @see https://www.rfc-editor.org/rfc/rfc8737#section-3
 */
export async function challengeCertificate(
  host: string,
  keyAuthorization: string,
): Promise<CertificateAndKey> {
  const x509 = await loadX509()
  const { webcrypto, createHash } = nodeCrypto()
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const digest = createHash("sha256").update(keyAuthorization).digest()
  // DER: tag 4 is an octet string.
  const octets = Uint8Array.of(4, digest.length, ...digest)
  const name = { type: isIPv4(host) ? ("ip" as const) : ("dns" as const), value: host }
  const certificate = await x509.X509CertificateGenerator.createSelfSigned(
    {
      serialNumber: "01",
      name: [{ CN: ["ACME challenge"] }],
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new x509.SubjectAlternativeNameExtension([name]),
        new x509.Extension(acmeIdentifier, true, octets),
      ],
    },
    webcrypto,
  )
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)
  return {
    key: x509.PemConverter.encode(key, "PRIVATE KEY"),
    cert: certificate.toString("pem"),
  }
}

/**
 * Returns the server name (SNI) with which an authority verifies a host: the host name, or the reverse DNS
 * name of an IPv4 address, as in `7.113.0.203.in-addr.arpa`.
 */
export function challengeName(host: string): string {
  if (!isIPv4(host)) return host
  return `${host.split(".").toReversed().join(".")}.in-addr.arpa`
}
