import { errorText } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import { needsUpload } from "../../certificate/index.js"
import { SounderError, Unauthorized } from "../../telegram/errors.js"
import type { Logger } from "../../ground/logger.js"
import { certificatesAsPem } from "../../certificate/read-certificates.js"
import { isPem, readPem } from "../../node-server/tls/pem.js"
import { register } from "../registration.js"
import type { WantedWebhook } from "../wanted-webhook.js"
import { withRetries } from "../../intake/start-retries.js"
import { ChangingFiles } from "../../node-server/tls/changing-files.js"
import { expectNoNewProblems } from "../../node-server/tls/expect-no-new-problems.js"
import type { WebhookServer } from "../../node-server/webhook-server.js"

/** For which webhook a certificate is kept the same here and at Telegram. */
export interface CertificateUploaderOptions {
  readonly bot: Bot
  readonly server: WebhookServer
  /** Its certificate changes with the one that is served. `undefined` where nothing is registered. */
  readonly wanted: WantedWebhook | undefined
  /** Whether the certificate is uploaded; by default where Telegram would not trust it otherwise. */
  readonly uploadCertificate?: boolean | undefined
  /** The certificate of a proxy, as PEM text or a path, where the server has none. */
  readonly cert?: string | undefined
  readonly logger: Logger
}

/**
 * Sends Telegram the certificate of a running webhook whenever it changes, where it is one that
 * Telegram has to be sent. Telegram closes its connections then, and sends again what was under way,
 * which the queue knows.
 */
export class CertificateUploader {
  readonly #options: CertificateUploaderOptions
  readonly #end = new AbortController()
  readonly #release: () => void = () => {}
  #files: ChangingFiles | undefined
  #telling: Promise<void> = Promise.resolve()
  /** What Telegram was last told, where that is known. */
  #told: string | undefined

  /** Starts watching the certificate. */
  constructor(options: CertificateUploaderOptions) {
    this.#options = options
    const { server, wanted, cert, uploadCertificate } = options
    // Where it is not uploaded, Telegram sees another one, or knows the authority.
    if (!wanted || uploadCertificate === false) return
    const host = new URL(wanted.current.url).hostname
    if (server.isSecure) {
      this.#release = server.useCertificate({
        host,
        isUploaded: uploadCertificate,
        trust: (certificates) => this.#trust(wanted, certificates),
        served: (certificate) => this.#served(wanted, certificate),
      })
    }
    if (!server.isSecure && cert !== undefined) this.#watchProxy(wanted, cert, host)
  }

  /** Stops uploading. */
  async stop(): Promise<void> {
    this.#release()
    this.#end.abort()
    await this.#files?.stop()
    await this.#telling
  }

  /** When a proxy begins to serve what is in its file cannot be seen: both are trusted meanwhile. */
  #watchProxy(wanted: WantedWebhook, cert: string, host: string): void {
    const present = wanted.current.certificate
    if (isPem(cert) || present === undefined) return
    const { uploadCertificate } = this.#options
    let served = present
    this.#files = new ChangingFiles({
      paths: [cert],
      content: present,
      read: async () => certificatesAsPem(await readPem("cert", cert)),
      accept: async (content) => {
        expectNoNewProblems([{ cert: served }], { cert: content }, host)
        const isUploaded = uploadCertificate ?? needsUpload(content)
        await this.#trust(wanted, isUploaded ? content + served : undefined)
        served = content
      },
      logger: this.#options.logger,
    })
  }

  async #trust(wanted: WantedWebhook, certificates: string | undefined): Promise<void> {
    // A call of before that is tried again would have Telegram trust what is no longer served.
    await this.#telling
    const before = wanted.current.certificate
    const trusted = certificates && certificatesAsPem(certificates)
    if (this.#told !== undefined && this.#told === trusted) return
    wanted.setCertificate(trusted)
    try {
      await this.#register(wanted, 3)
    } catch (error) {
      // Who has ended, or is lost, must not keep others on the server from a new certificate.
      if (this.#end.signal.aborted || this.#isLost(error)) return
      wanted.setCertificate(before)
      throw error
    }
  }

  #isLost(error: unknown): boolean {
    const isRefused = error instanceof SounderError && error.code === "webhook-refused"
    if (!(error instanceof Unauthorized) && !isRefused) return false
    this.#options.logger.error(`Telegram does not take the webhook's certificate: ${error.message}`)
    return true
  }

  /** Tries until it succeeds or something else is to be told: nothing else can be served any more. */
  #served(wanted: WantedWebhook, certificate: string | undefined): void {
    wanted.setCertificate(certificate && certificatesAsPem(certificate))
    const told = this.#telling.then(() => this.#register(wanted, -1))
    this.#telling = told.catch((error: unknown) => {
      if (this.#end.signal.aborted) return
      const reason = errorText(error)
      this.#options.logger.error(`Telegram does not know the webhook's certificate: ${reason}`)
    })
  }

  async #register(wanted: WantedWebhook, retries: number): Promise<void> {
    const { bot, logger } = this.#options
    const { signal } = this.#end
    const telling = wanted.current.certificate
    const call = () => register(bot, wanted.current, { signal })
    await withRetries(call, { retries, logger, signal })
    this.#told = telling
    logger.info("Telegram was told of the webhook's certificate")
  }
}
