import type { AsyncResource } from "node:async_hooks"
import type { WebhookResponse } from "../webhook/webhook-response.js"
import type { Webhook } from "../webhook/webhook.js"

/** The body of a request that passed the checks of its head, with its destination. */
export interface ReceivedBody {
  readonly webhook: Webhook
  readonly body: string | Uint8Array | object
  /** Sends the webhook's answer. */
  readonly answer: (answer: WebhookResponse) => void
  /** The asynchronous context of the request; `undefined` if no subscriber needs it. */
  readonly scope: AsyncResource | undefined
}

/**
 * The bodies that arrive in one turn of the event loop. The batch gives them to their webhooks at the end of
 * the turn, one right after the other, which takes a third of the time of handling each body as soon as it is
 * read. See `docs/decisions/0004-batched-requests.md`.
 */
export class BodyBatch {
  #bodies: ReceivedBody[] = []

  /** Adds a body. The request is answered when the webhook has put the update. */
  add(received: ReceivedBody): void {
    if (this.#bodies.length === 0) setImmediate(() => this.#takeAll())
    this.#bodies.push(received)
  }

  #takeAll(): void {
    const bodies = this.#bodies
    this.#bodies = []
    for (const received of bodies) {
      if (received.scope) received.scope.runInAsyncScope(() => this.#take(received))
      else this.#take(received)
    }
  }

  #take({ webhook, body, answer }: ReceivedBody): void {
    void webhook.take(body).then(answer)
  }
}
