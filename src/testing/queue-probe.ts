import assert from "node:assert/strict"
import type { Delivery, HandBack, UpdateQueue } from "../queue/index.js"
import type { Update } from "../telegram/types.js"

/** The time limit of a wait, in milliseconds. */
const patienceMs = 30_000
/** The time in milliseconds without a delivery after which the queue counts as having none. */
const quietMs = 30

/** A put update, and the state of its put. */
export interface ProbedPut {
  readonly updateId: number
  /**
   * The state: `"open"` until the put settles, then `"forgotten"` or the error it rejected with.
   */
  state: unknown
  /** Resolves when the put has settled, either way. */
  readonly settled: Promise<void>
}

/** Behaviours of queues, each under a sentence: a function that rejects if the sentence is not true. */
export type ProbedBehaviours = Record<string, (probe: QueueProbe) => Promise<void>>

/** A queue under test, with updates to put and time limits for waiting. */
export class QueueProbe {
  readonly queue: UpdateQueue
  /** Whether the bots may be on different shards, which share no order and store no writes together. */
  readonly hasShards: boolean
  #lastId = 0

  constructor(queue: UpdateQueue, hasShards = false) {
    this.queue = queue
    this.hasShards = hasShards
  }

  /** Puts an update of a chat. Default of `updateId`: the last id plus 1. */
  put(chat: number, updateId = this.#lastId + 1, botId = 1): ProbedPut {
    return this.#probed(updateId, this.queue.put({ botId, update: updateOf(chat, updateId) }))
  }

  /** Parks an update; `unpark` lets it into its lane. */
  park(chat: number, updateId: number): { put: ProbedPut; unpark: () => void } {
    const parked = this.queue.early?.park({ botId: 1, update: updateOf(chat, updateId) })
    assert.ok(parked, "Expected the queue to support parking")
    return { put: this.#probed(updateId, parked.put), unpark: () => parked.unpark() }
  }

  #probed(updateId: number, put: Promise<void>): ProbedPut {
    this.#lastId = updateId
    const probed: ProbedPut = {
      updateId,
      state: "open",
      settled: put.then(
        () => void (probed.state = "forgotten"),
        (error: unknown) => void (probed.state = error),
      ),
    }
    return probed
  }

  /** Puts several updates of a chat. */
  putAll(chat: number, count: number): ProbedPut[] {
    return Array.from({ length: count }, () => this.put(chat))
  }

  /** Returns the next delivery; fails if there is none. */
  async take(): Promise<Delivery> {
    return within("a delivery", this.taking(AbortSignal.timeout(patienceMs)))
  }

  /** Returns the promise of the next delivery, even if the queue returns the delivery synchronously. */
  async taking(signal: AbortSignal): Promise<Delivery> {
    return this.queue.take(signal)
  }

  /** Takes a delivery; fails unless it is this update. */
  async takeUpdate(put: ProbedPut): Promise<Delivery> {
    const delivery = await this.take()
    assert.equal(delivery.update.update_id, put.updateId)
    return delivery
  }

  /** Fails if a delivery is available. */
  async expectNothing(): Promise<void> {
    const abort = new AbortController()
    const take = this.taking(abort.signal).then(
      (delivery) => delivery.update.update_id,
      () => undefined,
    )
    await pause(quietMs)
    abort.abort(new Error("No delivery came"))
    assert.equal(await take, undefined, "Expected no delivery, got one")
  }

  /** Fails unless the put resolves. */
  async expectForgotten(put: ProbedPut): Promise<void> {
    await within(`update ${put.updateId} to be settled`, put.settled)
    assert.equal(put.state, "forgotten")
  }

  /** Fails unless the put rejects with an error of this class. */
  async expectRefused(put: ProbedPut, type: new (...args: never[]) => Error): Promise<void> {
    await within(`update ${put.updateId} to be settled`, put.settled)
    assert.ok(put.state instanceof type, `Expected a ${type.name}, got ${String(put.state)}`)
  }

  /** Calls `handBack` of the queue, and returns only the ids of its result, in ascending order. */
  async handBack(): Promise<{ handedBack: number[]; remaining: number[] }> {
    const { handedBack, remaining }: HandBack = await this.queue.handBack()
    const ids = (all: HandBack["remaining"]) => all.map(({ updateId }) => updateId).sort(ascending)
    return { handedBack: ids(handedBack), remaining: ids(remaining) }
  }
}

/** Returns a text message in a private chat. */
export function updateOf(chat: number, updateId: number): Update {
  const person = { id: chat, first_name: "Ada" }
  const message = {
    message_id: updateId,
    date: 1_700_000_000,
    chat: { ...person, type: "private" as const },
    from: { ...person, is_bot: false },
    text: `${updateId}`,
  }
  return { update_id: updateId, message }
}

/** Waits for a time in milliseconds. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}

async function within<T>(expected: string, promise: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new assert.AssertionError({ message: `Waited ${patienceMs} ms for ${expected}` }))
    }, patienceMs)
  })
  try {
    return await Promise.race([promise, late])
  } finally {
    clearTimeout(timer)
  }
}

function ascending(one: number, other: number): number {
  return one - other
}
