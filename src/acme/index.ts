/** Orders and renews certificates from ACME authorities while a server runs. */
export { AcmeCertificate } from "./acme-certificate.js"
export { type AcmeOptions, type ChallengeType, letsEncrypt } from "./acme-options.js"
