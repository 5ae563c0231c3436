import type { X509Certificate } from "node:crypto"
import { nodeCrypto } from "../ground/node-crypto.js"

/** The three labels under which OpenSSL, and so Node and Telegram, look for certificates. */
const block =
  /-----BEGIN (?:(?:X509|TRUSTED) )?CERTIFICATE-----[^-]+-----END (?:(?:X509|TRUSTED) )?CERTIFICATE-----/g

/**
 * Reads the certificates of a PEM text, in its order; none where it holds none.
 *
 * @throws Error where one of them is damaged
 */
export function readCertificates(pem: string): X509Certificate[] {
  const crypto = nodeCrypto()
  return certificateBlocks(pem).map((text) => {
    const label = text.replaceAll(/(?<=-----(?:BEGIN|END) )X509 /g, "")
    return expectWhole(new crypto.X509Certificate(label))
  })
}

/** The blocks of a PEM text that hold certificates, as they stand there. */
export function certificateBlocks(pem: string): string[] {
  return pem.match(block) ?? []
}

/**
 * Writes the certificates of a PEM text again, each as a block of its own and nothing else: without
 * private keys, words between the blocks, byte order marks, and OpenSSL's additions to a
 * `TRUSTED CERTIFICATE`.
 *
 * @throws Error where one of them is damaged
 */
export function certificatesAsPem(pem: string): string {
  return readCertificates(pem)
    .map(({ raw }) => pemBlock(raw))
    .join("")
}

/** Writes the bytes of a certificate as PEM text. */
export function pemBlock(der: Buffer): string {
  const lines = der.toString("base64").match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join("\n")}\n-----END CERTIFICATE-----\n`
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
 * Whether the (first) certificate of a PEM text is signed with its own key. Returns `false` for a
 * text that cannot be read.
 */
export function isSelfSigned(pem: string): boolean {
  try {
    const [first] = readCertificates(pem)
    return first !== undefined && isOwnIssuer(first)
  } catch {
    return false
  }
}
