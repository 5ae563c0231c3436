import type { CertificateSource } from "../../certificate/index.js"
import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import { type Logger, guardedLogger } from "../../ground/logger.js"
import { FileCertificate, type KeyAndCertificate } from "./file-certificate.js"

/** One certificate of a server, or where it gets some from. */
export type CertificateOption = KeyAndCertificate | CertificateSource

/** The options of a server that say what it does TLS with. */
interface TlsChoices {
  readonly key?: string | undefined
  readonly cert?: string | undefined
  readonly certificates?: readonly CertificateOption[] | undefined
  readonly logger?: Logger | undefined
}

/**
 * Where a server gets its certificates from, the default one first; none where it speaks HTTP.
 *
 * @throws TypeError for options that cannot be right
 */
export function certificateSources(options: TlsChoices): CertificateSource[] {
  const { key, cert, certificates, logger } = options
  const guarded = guardedLogger(logger)
  if (key !== undefined && cert === undefined) {
    throw new TypeError("Expected the `cert` option beside `key`: a key alone serves nothing.")
  }
  const isOwn = key !== undefined && cert !== undefined
  const own = isOwn ? [new FileCertificate({ key, cert }, guarded)] : []
  if (certificates === undefined) return own
  if (!Array.isArray(certificates)) unexpectedOption("certificates", "an array", certificates)
  return [...own, ...certificates.map((option) => sourceOf(option, guarded))]
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
