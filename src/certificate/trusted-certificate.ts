import type { X509Certificate } from "node:crypto"
import { serverAuth } from "./certificate-extensions.js"
import { derElement, derElements, derTag, objectIdentifier } from "./der.js"
import { certificateBlocks } from "./read-certificates.js"

/** The extended key usage anyExtendedKeyUsage. */
const anyUsage = "2.5.29.37.0"

/**
 * Returns true if a PEM text contains `cert` as an OpenSSL `TRUSTED CERTIFICATE` whose trust settings
 * reject its use for servers. OpenSSL appends these settings to the DER bytes of the certificate.
 */
export function isRejectedForServers(pem: string, cert: X509Certificate): boolean {
  return certificateBlocks(pem)
    .filter((block) => block.startsWith("-----BEGIN TRUSTED "))
    .map((block) => Buffer.from(block.replaceAll(/-----[^-]+-----/g, ""), "base64"))
    .filter((bytes) => bytes.subarray(0, cert.raw.length).equals(cert.raw))
    .some((bytes) => rejectsServers(bytes.subarray(cert.raw.length)))
}

/**
 * Returns true if trust settings reject servers. The settings are a DER sequence with two optional lists of
 * usages: the trusted ones (a sequence) and the rejected ones (context-specific, number 0).
 */
function rejectsServers(settings: Buffer): boolean {
  const parts = derElements(derElement(settings)?.content ?? Buffer.alloc(0))
  const usagesIn = (listTag: number) => {
    const usages = parts.find(({ tag }) => tag === listTag)
    return usages && derElements(usages.content).map(({ content }) => objectIdentifier(content))
  }
  const rejected = usagesIn(derTag.context0) ?? []
  const trusted = usagesIn(derTag.sequence)
  if (rejected.includes(serverAuth) || rejected.includes(anyUsage)) return true
  return trusted !== undefined && !trusted.includes(serverAuth) && !trusted.includes(anyUsage)
}
