import type { X509Certificate } from "node:crypto"
import { nodeCrypto } from "../ground/node-modules.js"

/** A PEM block with one of the three labels that OpenSSL accepts for certificates. */
const block =
  /-----BEGIN (?:(?:X509|TRUSTED) )?CERTIFICATE-----[^-]+-----END (?:(?:X509|TRUSTED) )?CERTIFICATE-----/g

/**
 * Returns the certificates of a PEM text, in the order of the text; an empty array if it has none.
 *
 * @throws Error for a damaged certificate
 */
export function readCertificates(pem: string): X509Certificate[] {
  const crypto = nodeCrypto()
  return certificateBlocks(pem).map((text) => {
    const label = text.replaceAll(/(?<=-----(?:BEGIN|END) )X509 /g, "")
    return expectReadable(new crypto.X509Certificate(label))
  })
}

/** Returns the certificate blocks of a PEM text, unchanged. */
export function certificateBlocks(pem: string): string[] {
  return pem.match(block) ?? []
}

/**
 * Returns the certificates of a PEM text as plain PEM blocks: without private keys, text between the
 * blocks, byte order marks, and the trust settings of OpenSSL's `TRUSTED CERTIFICATE` blocks.
 *
 * @throws Error for a damaged certificate
 */
export function certificatesAsPem(pem: string): string {
  return readCertificates(pem)
    .map(({ raw }) => pemBlock(raw))
    .join("")
}

/** Returns the DER bytes of a certificate as a PEM block. */
export function pemBlock(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
}

/** Throws if the dates or the key cannot be read: OpenSSL loads a certificate without checking them. */
function expectReadable(cert: X509Certificate): X509Certificate {
  const hasDates = Date.parse(cert.validFrom) <= Date.parse(cert.validTo)
  if (hasDates && cert.publicKey.type === "public") return cert
  throw new RangeError("The certificate's dates cannot be read")
}

/** Returns true if a certificate is signed with its own key. */
export function isOwnIssuer(cert: X509Certificate): boolean {
  return cert.subject === cert.issuer && cert.verify(cert.publicKey)
}

/**
 * Returns true if the first certificate of a PEM text is signed with its own key. Returns false for
 * an unreadable text.
 */
export function isSelfSigned(pem: string): boolean {
  try {
    const [first] = readCertificates(pem)
    return first !== undefined && isOwnIssuer(first)
  } catch {
    return false
  }
}
