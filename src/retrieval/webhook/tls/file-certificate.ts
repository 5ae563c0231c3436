import type {
  CertificateAndKey,
  CertificateSource,
  CertificateWatch,
} from "../../../certificate/index.js"
import { readPem } from "../pem.js"

/** A certificate and its key, each as PEM text or the path of a file. */
export interface KeyAndCertificate {
  /** The private key. */
  readonly key: string
  /** The certificate, followed by those of its authorities. */
  readonly cert: string
}

/** One certificate with its key, read from files or given as text. */
export class FileCertificate implements CertificateSource {
  readonly #files: KeyAndCertificate

  constructor({ key, cert }: KeyAndCertificate) {
    this.#files = { key, cert }
  }

  /** @throws SounderError `certificate-unreadable` */
  async load(): Promise<readonly CertificateAndKey[]> {
    const { key, cert } = this.#files
    return [{ key: await readPem("key", key), cert: await readPem("cert", cert) }]
  }

  /** Looks at nothing as yet. */
  watch(): CertificateWatch {
    return { ready: Promise.resolve(), stop: async () => {} }
  }
}
