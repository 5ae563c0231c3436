import type { CertificateSource } from "../../certificate/index.js"
import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import type { Logger } from "../../ground/logger.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import { FileCertificate, type KeyAndCertificate } from "./file-certificate.js"

/** A certificate of a server with its key, or a source of certificates. */
export type CertificateOption = KeyAndCertificate | CertificateSource

/** The options of a server about TLS. */
interface TlsChoices {
  readonly key?: string | undefined
  readonly cert?: string | undefined
  readonly certificates?: readonly CertificateOption[] | undefined
  readonly logger?: Logger | undefined
}

/**
 * Returns the sources of a server's certificates, the source of the default certificate first; an empty array
 * for a server without TLS. Throws a `TypeError` for a wrong option.
 */
export function certificateSources(options: TlsChoices): CertificateSource[] {
  const { key, cert, certificates, logger } = options
  const guarded = guardedLogger(logger)
  if (key !== undefined && cert === undefined) {
    throw new TypeError("Expected the `cert` option with `key`: a server needs both.")
  }
  const hasPair = key !== undefined && cert !== undefined
  const pairSource = hasPair ? [new FileCertificate({ key, cert }, guarded)] : []
  if (certificates === undefined) return pairSource
  if (!Array.isArray(certificates)) unexpectedOption("certificates", "an array", certificates)
  return [...pairSource, ...certificates.map((option) => sourceOf(option, guarded))]
}

function sourceOf(option: CertificateOption, logger: Logger): CertificateSource {
  if (typeof option !== "object" || option === null) {
    return unexpectedOption("certificates", "an array of { key, cert }", option)
  }
  if ("load" in option) return option
  const { key, cert } = option
  expectText("certificates[].key", key)
  return new FileCertificate({ key, cert: expectText("certificates[].cert", cert) }, logger)
}
