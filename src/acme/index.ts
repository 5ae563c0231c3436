/** Certificates of public authorities by ACME, got and renewed while a server runs. */
export { AcmeCertificate } from "./acme-certificate.js"
export { type AcmeOptions, type ChallengeType, letsEncrypt } from "./acme-options.js"
