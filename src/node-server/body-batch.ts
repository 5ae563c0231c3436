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

/** The maximum number of bodies of one webhook in one turn, next to other webhooks. */
const shareOfTurn = 8
/** The number of turns for which a webhook that had a body counts as another webhook for the others. */
const rememberedTurns = 1_000

/**
 * The bodies that arrive in one turn of the event loop. The batch gives them to their webhooks at the end of
 * the turn, one right after the other, which takes a third of the time of handling each body as soon as it is
 * read. See `docs/decisions/0004-batched-requests.md`.
 *
 * Next to other webhooks, a webhook gets at most eight bodies per turn, and the rest in the next turns, in their
 * order. Telegram sends the next update of a connection after the answer, so that a flood of one bot is received
 * more slowly, and an update of another bot waits for eight bodies of the flood and not for all. See
 * `docs/decisions/0004-batched-requests.md`.
 */
export class BodyBatch {
  #bodies: ReceivedBody[] = []
  /** The webhook of the last body. */
  #last: Webhook | undefined
  /** The number of turns since the batch last had bodies of a second webhook. */
  #turnsAlone = Infinity

  /** Adds a body. The request is answered when the webhook has put the update. */
  add(received: ReceivedBody): void {
    if (received.webhook !== this.#last) {
      if (this.#last) this.#turnsAlone = 0
      this.#last = received.webhook
    }
    if (this.#bodies.length === 0) this.#schedule()
    this.#bodies.push(received)
  }

  #schedule(): void {
    setImmediate(() => this.#takeTurn())
  }

  #takeTurn(): void {
    const bodies = this.#bodies
    this.#turnsAlone += 1
    const isAlone = this.#turnsAlone > rememberedTurns
    this.#bodies = isAlone || bodies.length <= shareOfTurn ? [] : beyondShares(bodies)
    if (this.#bodies.length > 0) this.#schedule()
    for (const received of bodies) {
      if (received.scope) received.scope.runInAsyncScope(() => this.#take(received))
      else this.#take(received)
    }
  }

  #take({ webhook, body, answer }: ReceivedBody): void {
    void webhook.take(body).then(answer)
  }
}

/** Removes the bodies beyond the shares of their webhooks from the bodies of a turn, and returns them. */
function beyondShares(bodies: ReceivedBody[]): ReceivedBody[] {
  const counts = new Map<Webhook, number>()
  const later: ReceivedBody[] = []
  let kept = 0
  for (const received of bodies) {
    const count = counts.get(received.webhook) ?? 0
    counts.set(received.webhook, count + 1)
    if (count >= shareOfTurn) later.push(received)
    else bodies[kept++] = received
  }
  bodies.length = kept
  return later
}
