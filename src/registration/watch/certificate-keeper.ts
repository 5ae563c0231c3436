import { errorText } from "../../ground/error-text.js"
import type { Bot } from "../../bot/index.js"
import { needsUpload } from "../../certificate/index.js"
import { SounderError, Unauthorized } from "../../telegram/errors.js"
import type { Logger } from "../../ground/logger.js"
import { certificatesAsPem } from "../../certificate/read-certificates.js"
import { isPem, readPem } from "../../node-server/tls/pem.js"
import { register, type Registration } from "../registration.js"
import { withRetries } from "../start-retries.js"
import { ChangingFiles } from "../../node-server/tls/changing-files.js"
import { expectNoWorse } from "../../node-server/tls/no-worse.js"
import type { WebhookServer } from "../../node-server/webhook-server.js"

/** For which webhook a certificate is kept the same here and at Telegram. */
export interface CertificateKeeperOptions {
  readonly bot: Bot
  readonly server: WebhookServer
  /** Its certificate changes with the one that is served. */
  readonly registration: Registration | undefined
  /** The certificate of a proxy, as PEM text or a path, where the server has none. */
  readonly cert?: string | undefined
  readonly logger: Logger
}

/**
 * Sends Telegram the certificate of a running webhook whenever it changes, where it is one that
 * Telegram has to be sent. Telegram closes its connections then, and sends again what was under way,
 * which the queue knows.
 */
export class CertificateKeeper {
  readonly #options: CertificateKeeperOptions
  readonly #end = new AbortController()
  readonly #release: () => void = () => {}
  #files: ChangingFiles | undefined
  #telling: Promise<void> = Promise.resolve()
  /** What Telegram was last told, where that is known. */
  #told: string | undefined

  /** Begins to look after it. */
  constructor(options: CertificateKeeperOptions) {
    this.#options = options
    const { server, registration, cert } = options
    if (!registration) return
    const host = new URL(registration.url).hostname
    if (server.isSecure) {
      this.#release = server.useCertificate({
        host,
        trust: (certificates) => this.#trust(registration, certificates),
        served: (certificate) => this.#served(registration, certificate),
      })
    }
    if (!server.isSecure && cert !== undefined) this.#watchProxy(registration, cert, host)
  }

  /** Looks after it no more. */
  async stop(): Promise<void> {
    this.#release()
    this.#end.abort()
    await this.#files?.stop()
    await this.#telling
  }

  /** When a proxy begins to serve what is in its file cannot be seen: both are trusted meanwhile. */
  #watchProxy(registration: Registration, cert: string, host: string): void {
    const present = registration.certificate
    if (isPem(cert) || present === undefined) return
    let served = present
    this.#files = new ChangingFiles({
      paths: [cert],
      content: present,
      read: async () => certificatesAsPem(await readPem("cert", cert)),
      accept: async (content) => {
        expectNoWorse([{ cert: served }], { cert: content }, host)
        await this.#trust(registration, needsUpload(content) ? content + served : undefined)
        served = content
      },
      logger: this.#options.logger,
    })
  }

  async #trust(registration: Registration, certificates: string | undefined): Promise<void> {
    // A call of before that is tried again would have Telegram trust what is no longer served.
    await this.#telling
    const before = registration.certificate
    const wanted = certificates && certificatesAsPem(certificates)
    if (this.#told !== undefined && this.#told === wanted) return
    registration.certificate = wanted
    try {
      await this.#register(registration, 3)
    } catch (error) {
      // Who has ended, or is lost, must not keep others on the server from a new certificate.
      if (this.#end.signal.aborted || this.#isLost(error)) return
      registration.certificate = before
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
  #served(registration: Registration, certificate: string | undefined): void {
    registration.certificate = certificate && certificatesAsPem(certificate)
    const told = this.#telling.then(() => this.#register(registration, -1))
    this.#telling = told.catch((error: unknown) => {
      if (this.#end.signal.aborted) return
      const reason = errorText(error)
      this.#options.logger.error(`Telegram does not know the webhook's certificate: ${reason}`)
    })
  }

  async #register(registration: Registration, retries: number): Promise<void> {
    const { bot, logger } = this.#options
    const { signal } = this.#end
    const telling = registration.certificate
    await withRetries(() => register(bot, registration, { signal }), { retries, logger, signal })
    this.#told = telling
    logger.info("Telegram was told of the webhook's certificate")
  }
}
