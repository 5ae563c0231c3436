/** What can be wrong with a certificate. */
export type CertificateProblemCode =
  | "not-pem"
  | "key-instead-of-certificate"
  | "unreadable"
  | "authority-instead-of-certificate"
  | "server-certificate-not-first"
  | "not-yet-valid"
  | "expired"
  | "wrong-host"
  | "not-for-servers"
  | "weak-key"
  | "key-type"
  | "weak-signature"
  | "issuer-not-authority"
  | "chain-too-long"
  | "unreadable-key"
  | "key-does-not-fit"
  | "not-uploaded"
  | "issuer-not-uploaded"
  | "missing-intermediate"
  | "handshake-fails"

/** One thing that keeps Telegram from delivering. */
export interface CertificateProblem {
  /** Stable name of the problem. */
  readonly code: CertificateProblemCode
  /** What is wrong, and what to do. */
  readonly message: string
}

/** Builds a {@link CertificateProblem}. */
export function problem(code: CertificateProblemCode, message: string): CertificateProblem {
  return { code, message }
}
