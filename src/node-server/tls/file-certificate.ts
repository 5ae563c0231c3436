import type {
  CertificateAndKey,
  CertificateSource,
  CertificateWatch,
  OfferCertificates,
} from "../../certificate/index.js"
import type { Logger } from "../../ground/logger.js"
import { isPem, readPem } from "./pem.js"
import { ChangingFiles } from "./changing-files.js"

/** A certificate and its key, each as PEM text or the path of a file. */
export interface KeyAndCertificate {
  /** The private key. */
  readonly key: string
  /** The server certificate, followed by the certificates of its authorities. */
  readonly cert: string
}

/** The source of one certificate with its key: PEM texts, or files that are read again after a change. */
export class FileCertificate implements CertificateSource {
  readonly #files: KeyAndCertificate
  readonly #logger: Logger
  #loaded: CertificateAndKey | undefined

  constructor({ key, cert }: KeyAndCertificate, logger: Logger) {
    this.#files = { key, cert }
    this.#logger = logger
  }

  /** Resolves with the certificate. Rejects with `certificate-unreadable`. */
  async load(): Promise<readonly CertificateAndKey[]> {
    this.#loaded = await this.#read()
    return [this.#loaded]
  }

  /** Watches the files, if there are any. */
  watch(offer: OfferCertificates): CertificateWatch {
    const { key, cert } = this.#files
    const files = new ChangingFiles({
      paths: [key, cert].filter((value) => !isPem(value)),
      content: JSON.stringify(this.#loaded),
      read: async () => JSON.stringify(await this.#read()),
      // The content is the JSON text from `read`.
      accept: (content) => offer([JSON.parse(content) as CertificateAndKey]),
      logger: this.#logger,
    })
    return { ready: Promise.resolve(), stop: () => files.stop() }
  }

  async #read(): Promise<CertificateAndKey> {
    const { key, cert } = this.#files
    return { key: await readPem("key", key), cert: await readPem("cert", cert) }
  }
}
