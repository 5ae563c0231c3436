import type { UpdateType } from "../telegram/api.js"
import type { WebhookRegistration } from "./registration.js"

/**
 * The webhook that Telegram should have. Its parameters change: a new certificate of the server replaces the
 * certificate, and the `DeliveryWatch` removes update types that the Bot API server does not know. The
 * start, the `DeliveryWatch` and the `CertificateUploader` share one instance.
 */
export class WantedWebhook {
  #current: WebhookRegistration

  constructor(registration: WebhookRegistration) {
    this.#current = registration
  }

  /** The current parameters of the webhook. */
  get current(): WebhookRegistration {
    return this.#current
  }

  /**
   * Replaces the certificate.
   *
   * @param certificate the certificates to upload, as PEM text; `undefined` for none
   */
  setCertificate(certificate: string | undefined): void {
    this.#current = { ...this.#current, certificate }
  }

  /** Replaces the update types with the ones that the Bot API server knows. */
  acceptTypes(allowedUpdates: readonly UpdateType[]): void {
    this.#current = { ...this.#current, allowedUpdates }
  }
}
