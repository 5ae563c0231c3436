import { webcrypto } from "node:crypto"

// This module has to be loaded before the other one.
await import("reflect-metadata")
const x509 = await import("@peculiar/x509")

x509.cryptoProvider.set(webcrypto as never)

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" }

/** A certificate with its key, as PEM. */
export interface Certificate {
  readonly cert: string
  readonly key: string
}

/** Creates an authority or a certificate, signed by an authority or self-signed. */
export async function makeCertificate(options: {
  name: string
  dns?: readonly string[]
  ip?: readonly string[]
  usage?: "serverAuth" | "clientAuth"
  expired?: boolean
  /** The number of days for which it is valid. Default: 10. */
  days?: number
  /** Whether its validity begins tomorrow. */
  notYet?: boolean
  authority?: boolean
  /** The length of an RSA key. Default: a key on the curve P-256. */
  rsaBits?: number
  issuer?: Certificate & { readonly name: string }
}): Promise<Certificate> {
  const own = options.rsaBits === undefined ? algorithm : rsaOf(options.rsaBits)
  const keys = await webcrypto.subtle.generateKey(own, true, ["sign", "verify"])
  const names = [
    ...(options.dns ?? []).map((value) => ({ type: "dns" as const, value })),
    ...(options.ip ?? []).map((value) => ({ type: "ip" as const, value })),
  ]
  const purpose = options.usage && x509.ExtendedKeyUsage[options.usage]
  const day = 86_400_000
  const certificate = await x509.X509CertificateGenerator.create({
    serialNumber: "01",
    subject: `CN=${options.name}`,
    issuer: `CN=${options.issuer?.name ?? options.name}`,
    notBefore: new Date(Date.now() + (options.notYet ? 1 : -10) * day),
    notAfter: new Date(Date.now() + (options.expired ? -1 : (options.days ?? 10)) * day),
    signingAlgorithm: options.issuer ? algorithm : own,
    publicKey: keys.publicKey,
    signingKey: options.issuer ? await keyOf(options.issuer.key) : keys.privateKey,
    extensions: [
      ...(options.authority ? [new x509.BasicConstraintsExtension(true)] : []),
      ...(names.length > 0 ? [new x509.SubjectAlternativeNameExtension(names)] : []),
      ...(purpose ? [new x509.ExtendedKeyUsageExtension([purpose])] : []),
    ],
  })
  const pkcs8 = await webcrypto.subtle.exportKey("pkcs8", keys.privateKey)
  return { cert: certificate.toString("pem"), key: x509.PemConverter.encode(pkcs8, "PRIVATE KEY") }
}

function rsaOf(modulusLength: number) {
  const publicExponent = new Uint8Array([1, 0, 1])
  return { name: "RSASSA-PKCS1-v1_5", modulusLength, publicExponent, hash: "SHA-256" }
}

function keyOf(pem: string): Promise<webcrypto.CryptoKey> {
  const [bytes = new ArrayBuffer()] = x509.PemConverter.decode(pem)
  return webcrypto.subtle.importKey("pkcs8", bytes, algorithm, true, ["sign"])
}
