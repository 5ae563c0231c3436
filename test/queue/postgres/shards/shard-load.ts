import { setTimeout as sleep } from "node:timers/promises"
import { expect } from "vitest"
import type { Delivery, UpdateQueue } from "../../../../src/queue/index.js"
import { updateOf } from "../../../../src/testing/queue-probe.js"
import { untilTrue } from "../../../support/waiting.js"

/** The state of the tests: the number of handled updates of a bot. */
export const countKey = (botId: number) => ({ botId, space: "test", key: "count" })

/** The time after a call that a queue refused, in milliseconds. Without it, a closed queue would be asked for ever. */
const restMs = 10

/** The number of updates of a bot beyond which its next update waits for the handling. */
const mostAhead = 10
/** The time without an update that is handled after which a load has failed, in milliseconds. */
const standstillMs = 60_000

/**
 * A hand-made Telegram with many bots, and workers. It sends the updates of each bot in order, one at a time, and sends
 * an update again until its put resolves. The workers count the updates of each bot in the state. An update whose
 * state cannot be read is handed back.
 */
export class ShardLoad implements Disposable {
  readonly bots: readonly number[]
  /** The ids of the updates whose puts have resolved, by bot. */
  readonly acknowledged = new Map<number, number[]>()
  /** The ids of the updates whose handling has begun, by bot. */
  readonly begun = new Map<number, number[]>()
  /** The codes of the errors of refused puts. */
  readonly refusals = new Set<string>()
  readonly #abort = new AbortController()
  readonly #senders: Promise<unknown>[] = []
  readonly #workers: Promise<unknown>[] = []
  readonly #sending = new AbortController()

  constructor(bots: number) {
    this.bots = Array.from({ length: bots }, (_, index) => 1_000 + index)
  }

  /** Begins to send the updates of all bots into a queue. */
  send(queue: UpdateQueue): void {
    this.#senders.push(...this.bots.map((botId) => this.#sendOf(botId, queue)))
  }

  /** Begins to handle updates. */
  work(queue: UpdateQueue, workers = 16): void {
    for (let worker = 0; worker < workers; worker++) this.#workers.push(this.#handleAll(queue))
  }

  /** Returns the number of updates of a bot whose handling has begun so far. */
  handled(botId: number): number {
    return this.begun.get(botId)?.length ?? 0
  }

  /** Resolves when each of some bots has begun a number of further updates. */
  async untilHandled(bots: readonly number[], count: number): Promise<void> {
    const before = new Map(bots.map((botId) => [botId, this.handled(botId)]))
    await untilTrue(() =>
      bots.every((botId) => this.handled(botId) >= (before.get(botId) ?? 0) + count),
    )
  }

  /** Stops to send, and waits until all is handled. Rejects if no more is handled. */
  async finish(queue: UpdateQueue): Promise<void> {
    this.#sending.abort()
    await Promise.all(this.#senders)
    let least = Infinity
    let sinceMs = performance.now()
    for (;;) {
      const { waiting, running } = await queueStatus(queue)
      const left = waiting + running
      if (left === 0) break
      if (left < least) [least, sinceMs] = [left, performance.now()]
      if (performance.now() > sinceMs + standstillMs) throw new Error(`${left} updates still wait`)
      await sleep(20)
    }
    this[Symbol.dispose]()
    await Promise.all(this.#workers)
  }

  /** Ends the sending and the handling, also of a test that has failed. */
  [Symbol.dispose](): void {
    this.#sending.abort()
    this.#abort.abort(new Error("The test is over"))
  }

  /** Checks that each acknowledged update was handled once and in order, and that the state has counted it. */
  async expectAllHandled(queue: UpdateQueue): Promise<void> {
    for (const botId of this.bots) {
      expect(this.begun.get(botId), `bot ${botId}`).toEqual(this.acknowledged.get(botId))
      const [entry] = (await queue.state?.read([countKey(botId)])) ?? []
      expect(Number(entry?.json), `state of bot ${botId}`).toBe(
        this.acknowledged.get(botId)?.length,
      )
    }
  }

  async #sendOf(botId: number, queue: UpdateQueue): Promise<void> {
    const sent: number[] = []
    this.acknowledged.set(botId, sent)
    for (let id = 1; !this.#sending.signal.aborted; id++) {
      while (sent.length - this.handled(botId) > mostAhead && !this.#abort.signal.aborted)
        await sleep(restMs)
      let isStored = false
      while (!isStored) {
        isStored = await queue.put({ botId, update: updateOf(7, id) }).then(
          () => true,
          (error: { code: string }) => {
            this.refusals.add(error.code)
            return false
          },
        )
        if (!isStored && this.#abort.signal.aborted) return
        if (!isStored) await sleep(restMs)
      }
      sent.push(id)
      await sleep(5)
    }
  }

  async #handleAll(queue: UpdateQueue): Promise<void> {
    const { signal } = this.#abort
    while (!signal.aborted) {
      const delivery = await Promise.resolve(queue.take(signal)).catch(() => sleep(restMs))
      if (delivery) await this.#handle(queue, delivery).catch(() => sleep(restMs))
    }
  }

  async #handle(queue: UpdateQueue, delivery: Delivery): Promise<void> {
    const { botId, update } = delivery
    const key = countKey(botId)
    const entries = await queue.state?.read([key]).catch(() => undefined)
    if (!entries) {
      await delivery.handBack()
      return
    }
    const [entry] = entries
    const begun = this.begun.get(botId) ?? []
    this.begun.set(botId, begun)
    begun.push(update.update_id)
    const json = `${Number(entry?.json ?? 0) + 1}`
    await delivery.done([{ kind: "set", key, json, ifVersion: entry?.version ?? 0 }])
  }
}

async function queueStatus(queue: UpdateQueue): Promise<{ waiting: number; running: number }> {
  // The tests use queues with `status`.
  return (queue as unknown as { status(): Promise<{ waiting: number; running: number }> }).status()
}
