import type { AsyncResource } from "node:async_hooks"
import type { ServerResponse } from "node:http"
import type { Webhook } from "../webhook/webhook.js"
import type { WebhookResponse } from "../webhook/webhook-response.js"

/** The body of a request whose head was not refused. */
export interface Arrival {
  readonly webhook: Webhook
  readonly body: string | Uint8Array | object
  readonly response: ServerResponse
  /** The asynchronous context of its request; `undefined` where nobody watches. */
  readonly scope: AsyncResource | undefined
}

/**
 * Bodies that arrive in one turn of the event loop are given to their webhooks together, at its
 * end. An update then goes its way next to the others of its turn rather than between two system
 * calls, and costs a third of the time; see `docs/decisions/0004-arrivals.md`.
 */
export class Arrivals {
  readonly #send: (response: ServerResponse, answer: WebhookResponse) => void
  #arrived: Arrival[] = []

  /** @param send sends an answer */
  constructor(send: (response: ServerResponse, answer: WebhookResponse) => void) {
    this.#send = send
  }

  /** Takes it at the end of this turn, and answers when the queue has taken responsibility. */
  add(arrival: Arrival): void {
    if (this.#arrived.length === 0) setImmediate(() => this.#takeAll())
    this.#arrived.push(arrival)
  }

  #takeAll(): void {
    const arrived = this.#arrived
    this.#arrived = []
    for (const arrival of arrived) {
      if (arrival.scope) arrival.scope.runInAsyncScope(() => this.#take(arrival))
      else this.#take(arrival)
    }
  }

  #take({ webhook, body, response }: Arrival): void {
    void webhook.take(body).then((answer) => this.#send(response, answer))
  }
}
