import type { X509Certificate } from "node:crypto"
import { nodeCrypto } from "../ground/node-crypto.js"

const block = /-----BEGIN (?:TRUSTED )?CERTIFICATE-----[^-]+-----END (?:TRUSTED )?CERTIFICATE-----/g

/**
 * The certificates of a PEM text, in its order; none where it holds none.
 *
 * @throws Error where one of them is damaged
 */
export function readCertificates(pem: string): X509Certificate[] {
  const crypto = nodeCrypto()
  return (pem.match(block) ?? []).map((text) => expectWhole(new crypto.X509Certificate(text)))
}

/** OpenSSL reads a certificate whose dates are damaged, and its key only when it is asked for. */
function expectWhole(cert: X509Certificate): X509Certificate {
  const hasDates = Date.parse(cert.validFrom) <= Date.parse(cert.validTo)
  if (hasDates && cert.publicKey.type === "public") return cert
  throw new RangeError("The certificate's dates cannot be read")
}

/** Whether a certificate is signed with its own key. */
export function isOwnIssuer(cert: X509Certificate): boolean {
  return cert.subject === cert.issuer && cert.verify(cert.publicKey)
}

/**
 * Whether the (first) certificate of a PEM text is signed with its own key: such a one has to be
 * uploaded with `setWebhook`, while one of a public authority must not be. `false` for a text that
 * cannot be read.
 */
export function isSelfSigned(pem: string): boolean {
  try {
    const [first] = readCertificates(pem)
    return first !== undefined && isOwnIssuer(first)
  } catch {
    return false
  }
}
