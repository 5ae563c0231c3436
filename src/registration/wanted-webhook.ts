import type { UpdateType } from "../telegram/api.js"
import type { Registration } from "./registration.js"

/**
 * The webhook of a bot as it should be at Telegram, while it changes: with the certificate that is
 * served, and with the update types that the Bot API server knows. The one place of both.
 */
export class WantedWebhook {
  #current: Registration

  constructor(registration: Registration) {
    this.#current = registration
  }

  /** How the webhook should be at present. */
  get current(): Registration {
    return this.#current
  }

  /** @param certificate the certificates to upload, as PEM text; `undefined` for none */
  setCertificate(certificate: string | undefined): void {
    this.#current = { ...this.#current, certificate }
  }

  /** The Bot API server knows these types, and has left out the others for good. */
  acceptTypes(allowedUpdates: readonly UpdateType[]): void {
    this.#current = { ...this.#current, allowedUpdates }
  }
}
