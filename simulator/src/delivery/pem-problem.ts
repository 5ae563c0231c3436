import { nodeCrypto } from "../ground/node-crypto.js"

const inPem = "{error:05880009:x509 certificate routines::PEM lib}"
const label = "(?:TRUSTED |X509 )?CERTIFICATE"
const begin = new RegExp(`^-----BEGIN (${label})-----\\s*$`, "m")

/**
 * Returns the error text of OpenSSL, which Telegram passes on, for a file that is no PEM
 * certificate; `undefined` for a certificate.
 */
export function pemProblem(pem: string): string | undefined {
  let rest = pem
  let count = 0
  for (;;) {
    const start = begin.exec(rest)
    if (start === null) break
    const problem = blockProblem(rest.slice(start.index + start[0].length), start[1] ?? "")
    if (problem !== undefined) return problem + inPem
    rest = rest.slice(start.index + start[0].length)
    count += 1
  }
  if (count > 0) return undefined
  return "{error:05800088:x509 certificate routines::no certificate or crl found}"
}

/** @param text the text behind the first line of a block */
function blockProblem(text: string, name: string): string | undefined {
  const end = /^-----END ([^\n]*)-----\s*$/m.exec(text)
  const body = text.slice(0, end?.index ?? text.length)
  const isBase64 = /^[A-Za-z0-9+/\s]*(?:={1,2}\s*)?$/.test(body)
  if (!isBase64) return "{error:04800064:PEM routines::bad base64 decode}"
  if (end?.[1] !== name) return "{error:04800066:PEM routines::bad end line}"
  if (body.replaceAll(/\s/g, "").length % 4 !== 0) {
    return "{error:04800064:PEM routines::bad base64 decode}"
  }
  return isCertificate(Buffer.from(body, "base64"))
    ? undefined
    : "{error:068000A8:asn1 encoding routines::wrong tag}"
}

// Data behind the certificate in the block, as in a trusted certificate, is ignored.
function isCertificate(bytes: Buffer): boolean {
  const { X509Certificate } = nodeCrypto()
  try {
    return new X509Certificate(bytes).raw.length > 0
  } catch {
    return false
  }
}
