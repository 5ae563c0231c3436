import type { X509Certificate } from "node:crypto"
import { derElement, derElements, derTag, objectIdentifier } from "./der.js"
import { certificateBlocks } from "./read-certificates.js"

const serverAuth = "1.3.6.1.5.5.7.3.1"
const anyUsage = "2.5.29.37.0"

/**
 * Whether a PEM text holds a certificate as a `TRUSTED CERTIFICATE` of OpenSSL with the addition that
 * it is not to be trusted for servers.
 */
export function isRejectedForServers(pem: string, cert: X509Certificate): boolean {
  return certificateBlocks(pem)
    .filter((block) => block.startsWith("-----BEGIN TRUSTED "))
    .map((block) => Buffer.from(block.replaceAll(/-----[^-]+-----/g, ""), "base64"))
    .filter((bytes) => bytes.subarray(0, cert.raw.length).equals(cert.raw))
    .some((bytes) => isRejecting(bytes.subarray(cert.raw.length)))
}

/** The addition is two lists of usages, of which the second one rejects. */
function isRejecting(addition: Buffer): boolean {
  const parts = derElements(derElement(addition)?.content ?? Buffer.alloc(0))
  const usagesIn = (wanted: number) => {
    const list = parts.find(({ tag }) => tag === wanted)
    return list && derElements(list.content).map(({ content }) => objectIdentifier(content))
  }
  const rejected = usagesIn(derTag.first) ?? []
  const trusted = usagesIn(derTag.sequence)
  if (rejected.includes(serverAuth) || rejected.includes(anyUsage)) return true
  return trusted !== undefined && !trusted.includes(serverAuth) && !trusted.includes(anyUsage)
}
