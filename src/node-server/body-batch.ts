import type { AsyncResource } from "node:async_hooks"
import type { ServerResponse } from "node:http"
import type { Webhook } from "../webhook/webhook.js"
import { send } from "./answers.js"

/** The body of a request whose head was not refused. */
export interface ReceivedBody {
  readonly webhook: Webhook
  readonly body: string | Uint8Array | object
  readonly response: ServerResponse
  /** The asynchronous context of its request; `undefined` if there are no listeners. */
  readonly scope: AsyncResource | undefined
}

/**
 * The bodies that arrive in one turn of the event loop. They are given to their webhooks together, at
 * its end. An update then goes its way next to the others of its turn rather than between two system
 * calls, and costs a third of the time; see `docs/decisions/0004-arrivals.md`.
 */
export class BodyBatch {
  #bodies: ReceivedBody[] = []

  /** Takes a body at the end of this turn, and answers when the queue has taken responsibility. */
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

  #take({ webhook, body, response }: ReceivedBody): void {
    void webhook.take(body).then((answer) => send(response, answer))
  }
}
