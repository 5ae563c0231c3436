import fc from "fast-check"
import { expect } from "vitest"
import type { Delivery, QueueAdministration, UpdateQueue } from "../../src/queue/index.js"
import { updateOf } from "../../src/testing/queue-probe.js"

/** A queue that keeps updates in a store. */
export type DurableQueue = UpdateQueue & QueueAdministration

/** How the queues of one kind are opened on one store, which is empty at first. */
export interface ModelStore {
  /** How many queues work on the store at the same time. */
  readonly workers: number
  /** Opens a queue. */
  open(): DurableQueue
  /** Resolves when a queue that has been asked for an update has looked for one, and found none. */
  looked(): Promise<unknown>
  /** Ends the leases of all workers, where there are leases. */
  endLeases?(): Promise<unknown>
}

interface ModelUpdate {
  readonly id: number
  readonly chat: number
  attempts: number
  state: "waiting" | "held" | "aside"
}

/** What a durable queue should do, as simply as it can be said: a list, searched from its start. */
class Model {
  stored: ModelUpdate[] = []
  aside: ModelUpdate[] = []
  readonly handled = new Set<number>()

  put(id: number, chat: number): void {
    const isKnown = this.handled.has(id) || this.#all.some((one) => one.id === id)
    if (!isKnown) this.stored.push({ id, chat, attempts: 0, state: "waiting" })
  }

  take(): ModelUpdate | undefined {
    const next = this.stored.find((one) => this.#isFirst(one) && one.state === "waiting")
    if (next) Object.assign(next, { state: "held", attempts: next.attempts + 1 })
    return next
  }

  remove(update: ModelUpdate): void {
    this.stored = this.stored.filter((one) => one !== update)
  }

  get #all(): ModelUpdate[] {
    return [...this.stored, ...this.aside]
  }

  #isFirst(update: ModelUpdate): boolean {
    return this.stored.find(({ chat }) => chat === update.chat) === update
  }
}

const operation = fc.record({
  what: fc.constantFrom(
    ...["put", "put", "put", "put", "take", "take", "take", "done", "done", "retry"],
    ...["handBack", "setAside", "replay", "drop", "restart", "endLeases"],
  ),
  id: fc.nat(30),
  chat: fc.nat(4),
  worker: fc.nat(3),
})

/** Fails where, in some sequence of operations, the queues of a store do not do what a list would. */
export async function expectLikeModel(
  newStore: () => ModelStore | Promise<ModelStore>,
  sequences: number,
): Promise<void> {
  const property = fc.asyncProperty(fc.array(operation, { maxLength: 60 }), async (operations) => {
    await using run = new Run(await newStore())
    for (const { what, id, chat, worker } of operations) await run.perform(what, id, chat, worker)
    await run.finish()
  })
  await fc.assert(property, { numRuns: sequences })
}

interface HeldOne {
  readonly delivery: Delivery
  readonly update: ModelUpdate
  readonly worker: number
  /** Whether the lease under which it was taken has ended. */
  isLost: boolean
}

/** One sequence of operations, done to the queues and to the model. */
class Run implements AsyncDisposable {
  readonly #store: ModelStore
  readonly #model = new Model()
  readonly #queues: DurableQueue[]
  #held: HeldOne[] = []

  constructor(store: ModelStore) {
    this.#store = store
    this.#queues = Array.from({ length: store.workers }, () => store.open())
  }

  async perform(what: string, id: number, chat: number, worker: number): Promise<void> {
    const index = worker % this.#queues.length
    if (what === "put") await this.#put(index, id, chat)
    else if (what === "take") await this.#take(index)
    else if (what === "restart") await this.#restart(index)
    else if (what === "endLeases") await this.#endLeases()
    else if (what === "replay" || what === "drop") await this.#again(index, what, id)
    else await this.#end(what, id)
    await this.#expectSameCounts(index)
  }

  /** Works off all that is left. */
  async finish(): Promise<void> {
    while (this.#held.length > 0) await this.#end("done", 0)
    while (this.#model.stored.length > 0) {
      await this.#take(this.#model.stored.length % this.#queues.length)
      await this.#end("done", 0)
    }
    await this.#expectSameCounts(0)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const queue of this.#queues) await queue[Symbol.asyncDispose]()
  }

  #queue(index: number): DurableQueue {
    const queue = this.#queues[index]
    if (!queue) throw new RangeError(`There is no queue ${index}`)
    return queue
  }

  async #put(index: number, id: number, chat: number): Promise<void> {
    this.#model.put(id, chat)
    await this.#queue(index).put({ botId: 1, update: updateOf(chat, id) })
  }

  async #take(index: number): Promise<void> {
    const expected = this.#model.take()
    const abort = new AbortController()
    const taking = this.#queue(index).take(abort.signal)
    if (!expected) void this.#store.looked().then(() => abort.abort())
    const delivery = await taking.catch(() => undefined)
    expect([delivery?.update.update_id, delivery?.attempt]).toEqual([
      expected?.id,
      expected?.attempts,
    ])
    if (delivery && expected) {
      this.#held.push({ delivery, update: expected, worker: index, isLost: false })
    }
  }

  async #end(how: string, choice: number): Promise<void> {
    const [held] = this.#held.splice(choice % Math.max(1, this.#held.length), 1)
    if (!held) return
    if (held.isLost) return expectRefused(how, held.delivery)
    const { delivery, update } = held
    update.state = "waiting"
    if (how === "handBack") {
      update.attempts -= 1
      expect(await delivery.handBack()).toBe(true)
    } else if (how === "retry") await delivery.retry()
    else if (how === "setAside") await this.#setAside(delivery, update)
    else await this.#done(delivery, update)
  }

  async #done(delivery: Delivery, update: ModelUpdate): Promise<void> {
    this.#model.remove(update)
    this.#model.handled.add(update.id)
    await delivery.done()
  }

  async #setAside(delivery: Delivery, update: ModelUpdate): Promise<void> {
    this.#model.remove(update)
    this.#model.aside.push(update)
    await delivery.setAside("no")
  }

  async #again(index: number, what: "replay" | "drop", choice: number): Promise<void> {
    const { aside, stored, handled } = this.#model
    const [update] = aside.splice(choice % Math.max(1, aside.length), 1)
    const reference = { botId: 1, updateId: update?.id ?? 1_000 }
    expect(await this.#queue(index)[what](reference)).toBe(update !== undefined)
    if (!update) return
    if (what === "replay") stored.push({ ...update, attempts: 0, state: "waiting" })
    else handled.add(update.id)
  }

  async #restart(index: number): Promise<void> {
    for (const { update, isLost } of this.#held.filter(({ worker }) => worker === index)) {
      if (!isLost) update.state = "waiting"
    }
    this.#held = this.#held.filter(({ worker }) => worker !== index)
    await this.#queue(index)[Symbol.asyncDispose]()
    this.#queues[index] = this.#store.open()
  }

  /** All that is held is free, and those who held it cannot end it any more. */
  async #endLeases(): Promise<void> {
    if (!this.#store.endLeases) return
    await this.#store.endLeases()
    for (const held of this.#held) {
      if (!held.isLost) held.update.state = "waiting"
      held.isLost = true
    }
  }

  async #expectSameCounts(index: number): Promise<void> {
    const queue = this.#queue(index)
    const { waiting, running, setAside } = await queue.status()
    const { stored, aside } = this.#model
    const held = stored.filter(({ state }) => state === "held").length
    expect({ waiting, running, setAside }).toEqual({
      waiting: stored.length - held,
      running: held,
      setAside: aside.length,
    })
    expect((await queue.setAside()).map(({ update }) => update.update_id)).toEqual(
      aside.map(({ id }) => id),
    )
  }
}

/** Another worker has the update, or will: what this one ends is nothing. */
async function expectRefused(how: string, delivery: Delivery): Promise<void> {
  if (how === "handBack") expect(await delivery.handBack()).toBe(true)
  else if (how === "retry") await expect(delivery.retry()).rejects.toThrow(/lease/)
  else if (how === "setAside") await expect(delivery.setAside("no")).rejects.toThrow(/lease/)
  else await expect(delivery.done()).rejects.toThrow(/lease/)
}
