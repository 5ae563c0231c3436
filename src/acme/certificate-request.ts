import { isIPv4 } from "node:net"
import { loadX509 } from "../certificate/load-x509.js"
import { nodeCrypto } from "../ground/node-modules.js"

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

/** A private key and the certificate signing request (CSR) for it, both as PEM text. */
export interface CertificateRequest {
  readonly key: string
  readonly request: string
}

/**
 * Creates a private key (P-256) and a certificate signing request for hosts. The request has no common
 * name, because authorities accept no IP address there.
 */
export async function certificateRequest(hosts: readonly string[]): Promise<CertificateRequest> {
  const x509 = await loadX509()
  const { webcrypto } = nodeCrypto()
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"])
  const names = hosts.map((value) => ({
    type: isIPv4(value) ? ("ip" as const) : ("dns" as const),
    value,
  }))
  const extensions = [new x509.SubjectAlternativeNameExtension(names)]
  const request = await x509.Pkcs10CertificateRequestGenerator.create(
    { keys, signingAlgorithm: algorithm, extensions },
    webcrypto,
  )
  const key = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)
  return { key: x509.PemConverter.encode(key, "PRIVATE KEY"), request: request.toString("pem") }
}
