import type { X509Certificate } from "node:crypto"
import { nodeCrypto } from "../ground/node-modules.js"
import { problem, type CertificateProblem } from "./certificate-problem.js"
import { contentAdvice } from "./file-content.js"

/**
 * Returns the problem of a private key that is unreadable or does not belong to a certificate; `undefined` if
 * the key has no problem.
 *
 * @param leaf the server certificate; without it, the key only has to be readable
 */
export function keyProblem(
  leaf: X509Certificate | undefined,
  key: string,
): CertificateProblem | undefined {
  try {
    const parsed = nodeCrypto().createPrivateKey(key)
    if (!leaf || leaf.checkPrivateKey(parsed)) return undefined
  } catch {
    return problem("unreadable-key", `The private key cannot be read. ${keyAdvice(key)}`)
  }
  return problem(
    "key-does-not-fit",
    "The private key does not belong to the certificate: give the two files that were created " +
      "together, and put the server certificate first in its file.",
  )
}

function keyAdvice(key: string): string {
  if (key.includes("ENCRYPTED")) {
    return "A passphrase protects it; remove the passphrase: openssl pkey -in private.key -out plain.key"
  }
  if (key.includes("-----BEGIN CERTIFICATE-----")) {
    return "The file contains a certificate: give private.key as `key` and cert.pem as `cert`."
  }
  if (key.includes("-----BEGIN OPENSSH PRIVATE KEY-----")) {
    return "The file contains an SSH key: give the private.key that was created with the certificate."
  }
  const content = key.includes("-----BEGIN ") ? undefined : contentAdvice(key)
  return content ?? "The file has to be PEM text that starts with -----BEGIN PRIVATE KEY-----."
}
