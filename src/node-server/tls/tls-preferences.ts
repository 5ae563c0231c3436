import type { X509Certificate } from "node:crypto"
import type { SecureContextOptions } from "node:tls"

/** The kinds of keys, each with the ways of signing that belong to it. */
const signatures = {
  ec: ["ecdsa_secp256r1_sha256", "ecdsa_secp384r1_sha384", "ecdsa_secp521r1_sha512"],
  edwards: ["ed25519", "ed448"],
  rsa: [
    ...["rsa_pss_rsae_sha256", "rsa_pss_rsae_sha384", "rsa_pss_rsae_sha512"],
    ...["rsa_pss_pss_sha256", "rsa_pss_pss_sha384", "rsa_pss_pss_sha512"],
    ...["rsa_pkcs1_sha256", "rsa_pkcs1_sha384", "rsa_pkcs1_sha512"],
  ],
}

type KeyKind = keyof typeof signatures

const suites13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
]
const suites12 = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]

/**
 * TLS 1.2 and 1.3 with forward secrecy and authenticated encryption, and nothing else. Where a name
 * has a certificate with another kind of key than the default one, that kind has to come first:
 * Node before version 24 leaves the default one in place beside it, and OpenSSL takes what comes
 * first.
 */
export function tlsPreferences(defaultCertificate: X509Certificate): SecureContextOptions {
  const own = kindOf(defaultCertificate)
  const kinds: KeyKind[] = [...otherKinds(own), own]
  const prefixes = kinds.includes("ec") && own !== "rsa" ? ["RSA", "ECDSA"] : ["ECDSA", "RSA"]
  return {
    minVersion: "TLSv1.2",
    sigalgs: kinds.flatMap((kind) => signatures[kind]).join(":"),
    ciphers: [
      ...suites13,
      ...prefixes.flatMap((prefix) => suites12.map((suite) => `ECDHE-${prefix}-${suite}`)),
    ].join(":"),
  }
}

function otherKinds(own: KeyKind): KeyKind[] {
  return (["ec", "edwards", "rsa"] as const).filter((kind) => kind !== own)
}

function kindOf({ publicKey }: X509Certificate): KeyKind {
  const type = publicKey.asymmetricKeyType
  if (type === "ec") return "ec"
  return type === "ed25519" || type === "ed448" ? "edwards" : "rsa"
}
