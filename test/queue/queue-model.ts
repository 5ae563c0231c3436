import fc from "fast-check"
import { expect } from "vitest"
import {
  type Delivery,
  HandedBack,
  type QueueAdministration,
  QueueFull,
  type UpdateQueue,
} from "../../src/queue/index.js"
import { Model, type ModelUpdate } from "./model.js"
import { updateOf } from "../../src/testing/queue-probe.js"

/** A queue as the model compares it. */
export type ModelQueue = UpdateQueue & Partial<Pick<QueueAdministration, "replay" | "drop">>

/** How the queues of one kind are opened on one store, which is empty at first. */
export interface ModelStore<Queue extends ModelQueue = ModelQueue> {
  /** Whether updates are kept in a store; if not, Telegram has what is not handled. */
  readonly isDurable: boolean
  /** How many updates may wait. Without it, none is refused. */
  readonly capacity?: number
  /** Whether no more of a chat may wait than there is room left. */
  readonly hasShares?: boolean
  /** How many queues work on the store at the same time. */
  readonly workers: number
  /** Opens a queue. */
  open(): Queue
  /** How many updates a queue says there are, and what was set aside, by `update_id`. */
  counts(queue: Queue): Promise<ModelCounts>
  /** Does something, and resolves when what follows from it has been written; where updates can come early. */
  written?(act: () => void): Promise<unknown>
  /** Resolves when a queue that has been asked for an update has looked for one, and found none. */
  looked(): Promise<unknown>
  /** Puts one that was early into its lane; absent where a restart does that. */
  takeInEarly?(id: number): Promise<unknown>
  /** Ends the leases of all workers, where there are leases. */
  endLeases?(): Promise<unknown>
}

/** What a queue says of itself. */
export interface ModelCounts {
  readonly waiting: number
  /** Where the queue can tell. */
  readonly running?: number
  readonly setAside: readonly number[]
}

/** The counts of a queue with a store of its own. */
export async function durableCounts(queue: QueueAdministration): Promise<ModelCounts> {
  const { waiting, running } = await queue.status()
  const setAside = (await queue.setAside()).map(({ update }) => update.update_id)
  return { waiting, running, setAside }
}

const operation = fc.record({
  what: fc.constantFrom(
    ...["put", "put", "put", "put", "take", "take", "take", "done", "done", "retry"],
    ...["handBack", "setAside", "replay", "drop", "stop", "restart", "endLeases"],
    ...["putEarly", "comeTo", "comeTo"],
  ),
  id: fc.nat(30),
  chat: fc.nat(4),
  worker: fc.nat(3),
})

/** Fails where, in some sequence of operations, the queues of a store do not do what a list would. */
export async function expectLikeModel<Queue extends ModelQueue>(
  newStore: () => ModelStore<Queue> | Promise<ModelStore<Queue>>,
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
class Run<Queue extends ModelQueue> implements AsyncDisposable {
  readonly #store: ModelStore<Queue>
  readonly #queues: Queue[]
  #model = new Model()
  #held: HeldOne[] = []
  /** What became of the puts: `"forgotten"`, an error, or nothing yet. */
  readonly #puts = new Map<number, unknown>()
  /** What says that the turn of an update has come. */
  readonly #turns = new Map<number, () => void>()

  constructor(store: ModelStore<Queue>) {
    this.#store = store
    this.#queues = Array.from({ length: store.workers }, () => store.open())
  }

  async perform(what: string, id: number, chat: number, worker: number): Promise<void> {
    const index = worker % this.#queues.length
    if (what === "put" || what === "putEarly") await this.#put(index, id, chat, what)
    else if (what === "comeTo") await this.#comeTo(id)
    else if (what === "take") await this.#take(index)
    else if (what === "restart") await this.#restart(index)
    else if (what === "stop") await this.#stop(index)
    else if (what === "endLeases") await this.#endLeases()
    else if (what === "replay" || what === "drop") await this.#again(index, what, id)
    else await this.#end(what, id)
    await this.#expectSameCounts(index)
  }

  /** Works off all that is left. */
  async finish(): Promise<void> {
    while (this.#model.early.length > 0) await this.#comeTo(0)
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

  #queue(index: number): Queue {
    const queue = this.#queues[index]
    if (!queue) throw new RangeError(`There is no queue ${index}`)
    return queue
  }

  async #put(index: number, id: number, chat: number, how: "put" | "putEarly"): Promise<void> {
    const { isDurable, capacity = Infinity, written } = this.#store
    const model = this.#model
    const isEarly = how === "putEarly" && written !== undefined
    const isRefused = !model.knows(id) && (isFull(model, capacity) || this.#hasItsShare(chat))
    const isNew = !isRefused && !model.knows(id)
    if (!isEarly) this.#overtake(id, chat)
    if (isNew) model.put(id, chat, isEarly ? "early" : "waiting")
    const isForgotten = isDurable || model.handled.has(id)
    const queue = this.#queue(index)
    const incoming = { botId: 1, update: updateOf(chat, id) }
    const parked = isEarly ? queue.early?.park(incoming) : undefined
    if (parked && isNew) this.#turns.set(id, () => parked.unpark())
    const put = parked?.put ?? queue.put(incoming)
    if (isRefused) {
      await expect(put).rejects.toBeInstanceOf(QueueFull)
      // All that is put in the same turn is refused, too.
      return void (await new Promise((resolve) => setTimeout(resolve, 2)))
    }
    const settled = put.then(
      () => this.#puts.set(id, "forgotten"),
      (error: unknown) => this.#puts.set(id, error),
    )
    if (isForgotten) await settled
    else this.#expectPut(id, undefined)
  }

  /** Whether as much of a chat waits as there is room left. */
  #hasItsShare(chat: number): boolean {
    const { capacity = Infinity, hasShares = false } = this.#store
    const { waiting } = this.#model
    const count = waiting.filter((one) => one.chat === chat).length
    return hasShares && count > 0 && count >= capacity - waiting.length
  }

  /** Where several receive, what came early goes in front of what comes after it. */
  #overtake(id: number, chat: number): void {
    if (!this.#store.takeInEarly) return
    const early = this.#model.early.filter((one) => one.chat === chat && one.id < id)
    for (const update of early.toSorted((one, other) => one.id - other.id)) {
      this.#model.comeTo(update)
    }
  }

  /** It is the turn of one that came early. */
  async #comeTo(choice: number): Promise<void> {
    const { early } = this.#model
    const update = early[choice % Math.max(1, early.length)]
    const come = update && this.#turns.get(update.id)
    if (!update || !come) return
    this.#overtake(update.id, update.chat)
    this.#model.comeTo(update)
    await this.#store.written?.(come)
  }

  /** What Telegram has been told of an update. */
  #expectPut(id: number, state: unknown): void {
    expect(this.#puts.get(id)).toEqual(state)
  }

  /** Gives back what waits, where Telegram still has it. */
  async #stop(index: number): Promise<void> {
    const back = this.#store.isDurable ? [] : this.#model.waiting
    const { handedBack, remaining } = await this.#queue(index).handBack()
    expect(remaining).toEqual([])
    expect(new Set(handedBack.map(({ updateId }) => updateId))).toEqual(
      new Set(back.map(({ id }) => id)),
    )
    await this.#expectRefused(back)
  }

  /** They are Telegram's again, and new when they come. */
  async #expectRefused(back: readonly ModelUpdate[]): Promise<void> {
    await Promise.resolve()
    for (const update of back) {
      this.#model.remove(update)
      expect(this.#puts.get(update.id)).toBeInstanceOf(HandedBack)
      this.#puts.delete(update.id)
    }
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
      if (!this.#store.isDurable) await this.#expectRefused(this.#laneOf(update))
    } else if (how === "retry") await delivery.retry()
    else if (how === "setAside") await this.#setAside(delivery, update)
    else await this.#done(delivery, update)
  }

  /** Those of its lane: nothing may overtake it. */
  #laneOf({ chat }: ModelUpdate): ModelUpdate[] {
    return this.#model.stored.filter((one) => one.chat === chat)
  }

  async #done(delivery: Delivery, update: ModelUpdate): Promise<void> {
    this.#model.remove(update)
    this.#model.handled.add(update.id)
    await delivery.done()
    await Promise.resolve()
    this.#expectPut(update.id, "forgotten")
  }

  async #setAside(delivery: Delivery, update: ModelUpdate): Promise<void> {
    this.#model.remove(update)
    this.#model.aside.push(update)
    // It is kept where there is a store, and elsewhere only known.
    if (!this.#store.isDurable) this.#model.handled.add(update.id)
    await delivery.setAside("no")
    await Promise.resolve()
    this.#expectPut(update.id, "forgotten")
  }

  async #again(index: number, what: "replay" | "drop", choice: number): Promise<void> {
    const { aside, stored, handled } = this.#model
    const queue = this.#queue(index)
    if (!queue.replay || !queue.drop) return
    const [update] = aside.splice(choice % Math.max(1, aside.length), 1)
    const reference = { botId: 1, updateId: update?.id ?? 1_000 }
    const isThere = await (what === "replay" ? queue.replay(reference) : queue.drop(reference))
    expect(isThere).toBe(update !== undefined)
    if (!update) return
    if (what === "replay") stored.push({ ...update, attempts: 0, state: "waiting" })
    else handled.add(update.id)
  }

  async #restart(index: number): Promise<void> {
    for (const { update, isLost } of this.#held.filter(({ worker }) => worker === index)) {
      if (!isLost) update.state = "waiting"
    }
    this.#held = this.#held.filter(({ worker }) => worker !== index)
    await this.#takeInEarly()
    await this.#queue(index)[Symbol.asyncDispose]()
    if (!this.#store.isDurable) {
      await this.#expectRefused(this.#model.stored)
      this.#model = new Model()
      this.#puts.clear()
    }
    this.#queues[index] = this.#store.open()
  }

  /** What was early is in its lane when the receiver has gone: behind all others, by its id. */
  async #takeInEarly(): Promise<void> {
    for (const update of this.#model.early.toSorted((one, other) => one.id - other.id)) {
      this.#model.comeTo(update)
      await this.#store.takeInEarly?.(update.id)
    }
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
    const { waiting, running, setAside } = await this.#store.counts(this.#queue(index))
    const { stored, aside } = this.#model
    expect(waiting).toBe(this.#model.waiting.length)
    expect(running ?? this.#held.length).toBe(stored.length - waiting)
    expect(setAside).toEqual(aside.map(({ id }) => id))
  }
}

function isFull(model: Model, capacity: number): boolean {
  return model.waiting.length >= capacity
}

/** Another worker has the update, or will: what this one ends is nothing. */
async function expectRefused(how: string, delivery: Delivery): Promise<void> {
  if (how === "handBack") expect(await delivery.handBack()).toBe(true)
  else if (how === "retry") await expect(delivery.retry()).rejects.toThrow(/lease/)
  else if (how === "setAside") await expect(delivery.setAside("no")).rejects.toThrow(/lease/)
  else await expect(delivery.done()).rejects.toThrow(/lease/)
}
