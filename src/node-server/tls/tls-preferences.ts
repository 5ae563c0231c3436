import type { X509Certificate } from "node:crypto"
import type { SecureContextOptions } from "node:tls"

/** The signature algorithms by the kind of key. */
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

/** The cipher suites of TLS 1.3. */
const suites13 = [
  "TLS_AES_128_GCM_SHA256",
  "TLS_AES_256_GCM_SHA384",
  "TLS_CHACHA20_POLY1305_SHA256",
]
/** The cipher suites of TLS 1.2, without the prefix `ECDHE-RSA-` or `ECDHE-ECDSA-`. */
const suites12 = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "CHACHA20-POLY1305"]

/**
 * Returns TLS options that permit only TLS 1.2 and 1.3 with forward secrecy and authenticated encryption.
 *
 * The algorithms for the kind of the default certificate's key come last. If a server name has a
 * certificate with another kind of key, Node before version 24 keeps the default certificate in the TLS
 * context next to it, and OpenSSL chooses the certificate whose algorithms come first.
 */
export function tlsPreferences(defaultCertificate: X509Certificate): SecureContextOptions {
  const defaultKind = kindOf(defaultCertificate)
  const kinds: KeyKind[] = [...otherKinds(defaultKind), defaultKind]
  const prefixes =
    kinds.includes("ec") && defaultKind !== "rsa" ? ["RSA", "ECDSA"] : ["ECDSA", "RSA"]
  return {
    minVersion: "TLSv1.2",
    sigalgs: kinds.flatMap((kind) => signatures[kind]).join(":"),
    ciphers: [
      ...suites13,
      ...prefixes.flatMap((prefix) => suites12.map((suite) => `ECDHE-${prefix}-${suite}`)),
    ].join(":"),
  }
}

function otherKinds(excluded: KeyKind): KeyKind[] {
  return (["ec", "edwards", "rsa"] as const).filter((kind) => kind !== excluded)
}

function kindOf({ publicKey }: X509Certificate): KeyKind {
  const type = publicKey.asymmetricKeyType
  if (type === "ec") return "ec"
  return type === "ed25519" || type === "ed448" ? "edwards" : "rsa"
}
