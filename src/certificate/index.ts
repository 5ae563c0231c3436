/** Makes self-signed certificates, and judges any certificate as Telegram does. */
export * from "./create-certificate.js"
export type * from "./certificate-source.js"
export * from "./write-certificate.js"
export * from "./certificate-names-host.js"
export * from "./certificate-problems.js"
export * from "./inspect-certificate.js"
export * from "./certificate-report.js"
export { isSelfSigned } from "./read-certificates.js"
