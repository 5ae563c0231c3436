/** The kinds of {@link CertificateProblem}. */
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

/** A defect of a certificate or its key that keeps Telegram from delivering. */
export interface CertificateProblem {
  /** The kind of the problem. A code keeps its meaning in later versions. */
  readonly code: CertificateProblemCode
  /** A description of the defect and of its fix, for a person. */
  readonly message: string
}

/** Builds a {@link CertificateProblem}. */
export function problem(code: CertificateProblemCode, message: string): CertificateProblem {
  return { code, message }
}
