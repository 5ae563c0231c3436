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
import type { CertificateUse } from "../../node-server/tls/certificate-swap.js"
import { ChangingFiles } from "../../node-server/tls/changing-files.js"
import { expectNoNewProblems } from "../../node-server/tls/expect-no-new-problems.js"
import type { WebhookServer } from "../../node-server/webhook-server.js"

/** The options of a {@link CertificateUploader}. */
export interface CertificateUploaderOptions {
  readonly bot: Bot
  readonly server: WebhookServer
  /** The webhook to update. */
  readonly wanted: WantedWebhook
  /** True to upload the certificate. Default: true if Telegram would not trust it otherwise. */
  readonly uploadCertificate?: boolean | undefined
  /** The certificate of a proxy, as PEM text or a path, for a server without TLS. */
  readonly cert?: string | undefined
  readonly logger: Logger
}

/**
 * The watch that uploads a running webhook's certificate to Telegram whenever the certificate changes. Before the
 * server switches, Telegram gets both certificates; after the switch, only the new one.
 *
 * At each upload Telegram closes its connections and repeats the unanswered requests. The queue
 * recognizes the repeated updates.
 */
export class CertificateUploader implements CertificateUse {
  /** The host of the webhook's URL. */
  readonly host: string
  readonly #options: CertificateUploaderOptions
  /** Aborts running uploads at the stop; `undefined` before the first upload. */
  #stopping: AbortController | undefined
  readonly #stopCertificateUse: (() => void) | undefined
  #files: ChangingFiles | undefined
  /** The last upload after a switch; `undefined` before the first one. */
  #uploading: Promise<void> | undefined
  /** The last successfully uploaded certificates; `undefined` before the first upload. */
  #uploaded: string | undefined

  private constructor(options: CertificateUploaderOptions) {
    this.#options = options
    const { server, wanted, cert } = options
    this.host = new URL(wanted.current.url).hostname
    if (server.isSecure) this.#stopCertificateUse = server.useCertificate(this)
    else if (cert !== undefined) this.#watchProxy(cert)
  }

  /**
   * Starts watching the certificate. Returns `undefined` if no certificate can need an upload: with
   * `uploadCertificate: false`, and for a server without TLS whose proxy's certificate is unknown.
   */
  static start(options: CertificateUploaderOptions): CertificateUploader | undefined {
    const { server, cert, uploadCertificate } = options
    // With `uploadCertificate: false`, Telegram trusts the authority or sees a proxy's certificate.
    if (uploadCertificate === false || !(server.isSecure || cert !== undefined)) return undefined
    return new CertificateUploader(options)
  }

  /** True to upload certificates. Default: true for certificates that Telegram trusts only if uploaded. */
  get isUploaded(): boolean | undefined {
    return this.#options.uploadCertificate
  }

  /** Stops the watch and aborts a running upload. Resolves when both have ended. */
  async stop(): Promise<void> {
    this.#stopCertificateUse?.()
    this.#stopping ??= new AbortController()
    this.#stopping.abort()
    await this.#files?.stop()
    await this.#uploading
  }

  /**
   * Watches the certificate file of a proxy. The time at which the proxy loads the new file is unknown,
   * so Telegram gets both certificates.
   */
  #watchProxy(cert: string): void {
    const { uploadCertificate, wanted } = this.#options
    const uploadedAtStart = wanted.current.certificate
    if (isPem(cert) || uploadedAtStart === undefined) return
    let served = uploadedAtStart
    this.#files = new ChangingFiles({
      paths: [cert],
      content: uploadedAtStart,
      read: async () => certificatesAsPem(await readPem("cert", cert)),
      accept: async (content) => {
        expectNoNewProblems([{ cert: served }], { cert: content }, this.host)
        const isUploaded = uploadCertificate ?? needsUpload(content)
        await this.trust(isUploaded ? content + served : undefined)
        served = content
      },
      logger: this.#options.logger,
    })
  }

  /**
   * Uploads the certificates that Telegram should trust before the server switches. Without
   * `certificates`, removes the uploaded certificate.
   */
  async trust(certificates: string | undefined): Promise<void> {
    const { wanted } = this.#options
    // Waits for an older upload, whose retry would otherwise overwrite this one.
    await this.#uploading
    const before = wanted.current.certificate
    const trusted = certificates && certificatesAsPem(certificates)
    if (this.#uploaded !== undefined && this.#uploaded === trusted) return
    wanted.setCertificate(trusted)
    try {
      await this.#register(3)
    } catch (error) {
      // A bot that has stopped, or whose token is revoked, must not block other bots' new certificate.
      if (this.#isStopped || this.#logIfFinal(error)) return
      wanted.setCertificate(before)
      throw error
    }
  }

  /** Returns true, and logs the error, if Telegram refuses the token or the webhook: no retry would help. */
  #logIfFinal(error: unknown): boolean {
    const isRefused = error instanceof SounderError && error.code === "webhook-refused"
    if (!(error instanceof Unauthorized) && !isRefused) return false
    this.#options.logger.error(`Telegram refuses the webhook's certificate: ${error.message}`)
    return true
  }

  /** Uploads the new certificate alone, after the switch. Retries without limit until `stop`. */
  served(certificate: string | undefined): void {
    this.#options.wanted.setCertificate(certificate && certificatesAsPem(certificate))
    const earlier = this.#uploading ?? Promise.resolve()
    const upload = earlier.then(() => this.#register(-1))
    this.#uploading = upload.catch((error: unknown) => {
      if (this.#isStopped) return
      const reason = errorText(error)
      this.#options.logger.error(`The upload of the webhook's certificate failed: ${reason}`)
    })
  }

  get #isStopped(): boolean {
    return this.#stopping?.signal.aborted ?? false
  }

  async #register(retries: number): Promise<void> {
    const { bot, wanted, logger } = this.#options
    this.#stopping ??= new AbortController()
    const { signal } = this.#stopping
    const { certificate } = wanted.current
    const call = () => register(bot, wanted.current, { signal })
    await withRetries(call, { retries, logger, signal })
    this.#uploaded = certificate
    logger.info("Uploaded the webhook's certificate to Telegram")
  }
}
