import type { UpdateType } from "../telegram/api.js"
import type { Registration } from "./registration.js"

/**
 * The webhook that Telegram should have, while it changes: its certificate changes with the server's,
 * and its update types lose those that the Bot API server does not know. Start, watch and uploader share
 * one instance.
 */
export class WantedWebhook {
  #current: Registration

  constructor(registration: Registration) {
    this.#current = registration
  }

  /** The present parameters of the webhook. */
  get current(): Registration {
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

  /** Replaces the update types with those that the Bot API server knows. */
  acceptTypes(allowedUpdates: readonly UpdateType[]): void {
    this.#current = { ...this.#current, allowedUpdates }
  }
}
