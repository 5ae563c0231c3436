import { nodeCrypto } from "../ground/node-modules.js"
import { HeadCheck, type WebhookHead } from "../webhook/head-check.js"
import { deriveSecretToken } from "../webhook/secret-token.js"
import { announced, refusals, type WebhookResponse } from "../webhook/webhook-response.js"

/** The longest declared body of a request that is not refused for its length, in bytes. */
const maxBodyBytes = 1_048_576

/** The options of a {@link ClosedPath}. */
export interface ClosedPathOptions {
  /** The path, or any path of the same length. */
  readonly path: string
  /** The secret of the bot's webhook. Default: a random secret, which no client knows. */
  readonly secretToken?: string
  /** The answer to a request with the right secret. */
  readonly answer: WebhookResponse
  /** The bot's id, for the events. Default: none. */
  readonly botId?: number
  /** Called with the client's address for a request without the right secret. Default: none. */
  readonly onWrongSecret?: ((caller: string | undefined) => void) | undefined
}

/**
 * A path of a server without an active webhook. A request is refused like a request to a webhook, and takes the same
 * time, so that a client without the secret cannot tell whether the path has a webhook.
 */
export class ClosedPath {
  readonly #options: ClosedPathOptions
  readonly #heads: HeadCheck

  constructor(options: ClosedPathOptions) {
    this.#options = options
    const { path, secretToken = deriveSecretToken(nodeCrypto().randomUUID()) } = options
    this.#heads = new HeadCheck({ path, secretToken, maxBodyBytes, isAnyPath: true })
  }

  /** The bot's id; `undefined` for no bot. */
  get botId(): number | undefined {
    return this.#options.botId
  }

  /** Returns the refusal of a request. */
  refusal(head: WebhookHead): WebhookResponse {
    const { answer, botId, onWrongSecret } = this.#options
    const refusal = this.#heads.refusalOf(head)
    if (refusal === refusals.secret) onWrongSecret?.(head.caller)
    return announced(refusal ?? answer, botId)
  }

  /** Returns false after the same checks as a webhook. */
  accepts(head: WebhookHead): false {
    this.#heads.refusalOf(head)
    return false
  }
}
