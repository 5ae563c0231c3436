import fc from "fast-check"
import { expect } from "vitest"
import {
  type Delivery,
  HandedBack,
  type QueueAdministration,
  QueueFull,
  StateConflict,
  type StateWrite,
  type UpdateQueue,
} from "../../src/queue/index.js"
import { Model, type ModelUpdate } from "./model.js"
import { updateOf } from "../../src/testing/queue-probe.js"

/** A queue with the methods that the model compares. */
export type ModelQueue = UpdateQueue & Partial<Pick<QueueAdministration, "replay" | "drop">>

/** A store on which queues of one kind are opened. It is empty at first. */
export interface ModelStore<Queue extends ModelQueue = ModelQueue> {
  /** Whether updates are stored; if not, Telegram keeps the unhandled ones. */
  readonly isDurable: boolean
  /** The number of updates that may wait. Without it, no put is refused. */
  readonly capacity?: number
  /** Whether a chat may have only as many waiting updates as there are free places. */
  readonly hasShares?: boolean
  /** The number of queues that use the store at the same time. */
  readonly workers: number
  /** Opens a queue. */
  open(): Queue
  /** Returns the counts of a queue, and the `update_id`s that were set aside. */
  counts(queue: Queue): Promise<ModelCounts>
  /**
   * Calls `act`, and resolves when its consequences have been written; for stores that park
   * updates.
   */
  written?(act: () => void): Promise<unknown>
  /** Resolves when a queue with a pending take has looked for an update and found none. */
  looked(): Promise<unknown>
  /** Puts a parked update into its lane; absent if a restart does so. */
  unparkAbandoned?(id: number): Promise<unknown>
  /** Ends the leases of all workers, if the store has leases. */
  endLeases?(): Promise<unknown>
}

/** The counts that a queue reports. */
export interface ModelCounts {
  readonly waiting: number
  /** Absent if the queue cannot tell. */
  readonly running?: number
  readonly setAside: readonly number[]
}

/** Returns the counts of a durable queue. */
export async function durableCounts(queue: QueueAdministration): Promise<ModelCounts> {
  const { waiting, running } = await queue.status()
  const setAside = (await queue.setAside()).map(({ update }) => update.update_id)
  return { waiting, running, setAside }
}

const operation = fc.record({
  what: fc.constantFrom(
    ...["put", "put", "put", "put", "take", "take", "take", "done", "done", "retry"],
    ...["handBack", "setAside", "replay", "drop", "stop", "restart", "endLeases"],
    ...["park", "unpark", "unpark", "write", "conflict"],
  ),
  id: fc.nat(30),
  chat: fc.nat(4),
  worker: fc.nat(3),
})

/** Fails if the queues of a store differ from a list in some sequence of operations. */
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
  /** Whether the lease of the delivery has ended. */
  isLost: boolean
}

/** A sequence of operations on the queues and on the model. */
class Run<Queue extends ModelQueue> implements AsyncDisposable {
  readonly #store: ModelStore<Queue>
  readonly #queues: Queue[]
  #model = new Model()
  #held: HeldOne[] = []
  /** The outcomes of the puts: `"forgotten"`, an error, or none yet. */
  readonly #puts = new Map<number, unknown>()
  /** The functions that unpark updates. */
  readonly #turns = new Map<number, () => void>()

  constructor(store: ModelStore<Queue>) {
    this.#store = store
    this.#queues = Array.from({ length: store.workers }, () => store.open())
  }

  async perform(what: string, id: number, chat: number, worker: number): Promise<void> {
    const index = worker % this.#queues.length
    if (what === "put" || what === "park") await this.#put(index, id, chat, what)
    else if (what === "unpark") await this.#unpark(id)
    else if (what === "take") await this.#take(index)
    else if (what === "restart") await this.#restart(index)
    else if (what === "stop") await this.#stop(index)
    else if (what === "endLeases") await this.#endLeases()
    else if (what === "write") await this.#write(index, id, chat)
    else if (what === "conflict") await this.#conflict(index, id)
    else if (what === "replay" || what === "drop") await this.#again(index, what, id)
    else await this.#end(what, id)
    await this.#expectSameCounts(index)
  }

  /** Handles all remaining updates. */
  async finish(): Promise<void> {
    while (this.#model.parked.length > 0) await this.#unpark(0)
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

  async #put(index: number, id: number, chat: number, how: "put" | "park"): Promise<void> {
    const { isDurable, capacity = Infinity, written } = this.#store
    const model = this.#model
    const isParked = how === "park" && written !== undefined
    const isRefused = !model.knows(id) && (isFull(model, capacity) || this.#hasItsShare(chat))
    const isNew = !isRefused && !model.knows(id)
    if (!isParked) this.#overtake(id, chat)
    if (isNew) model.put(id, chat, isParked ? "parked" : "waiting")
    const isForgotten = isDurable || model.handled.has(id)
    const queue = this.#queue(index)
    const incoming = { botId: 1, update: updateOf(chat, id) }
    const parked = isParked ? queue.early?.park(incoming) : undefined
    if (parked && isNew) this.#turns.set(id, () => parked.unpark())
    const put = parked?.put ?? queue.put(incoming)
    if (isRefused) {
      await expect(put).rejects.toBeInstanceOf(QueueFull)
      // All puts of the same turn are refused, too.
      return void (await new Promise((resolve) => setTimeout(resolve, 2)))
    }
    const settled = put.then(
      () => this.#puts.set(id, "forgotten"),
      (error: unknown) => this.#puts.set(id, error),
    )
    if (isForgotten) await settled
    else this.#expectPut(id, undefined)
  }

  /** Returns true if a chat has as many waiting updates as there are free places. */
  #hasItsShare(chat: number): boolean {
    const { capacity = Infinity, hasShares = false } = this.#store
    const { waiting } = this.#model
    const count = waiting.filter((one) => one.chat === chat).length
    return hasShares && count > 0 && count >= capacity - waiting.length
  }

  /** With several receivers, moves a parked update before those that arrived after it. */
  #overtake(id: number, chat: number): void {
    if (!this.#store.unparkAbandoned) return
    const parked = this.#model.parked.filter((one) => one.chat === chat && one.id < id)
    for (const update of parked.toSorted((one, other) => one.id - other.id)) {
      this.#model.unpark(update)
    }
  }

  /** Unparks an update. */
  async #unpark(choice: number): Promise<void> {
    const { parked } = this.#model
    const update = parked[choice % Math.max(1, parked.length)]
    const come = update && this.#turns.get(update.id)
    if (!update || !come) return
    this.#overtake(update.id, update.chat)
    this.#model.unpark(update)
    await this.#store.written?.(come)
  }

  /** Checks the acknowledgement of an update. */
  #expectPut(id: number, state: unknown): void {
    expect(this.#puts.get(id)).toEqual(state)
  }

  /** Hands back the waiting updates that Telegram still has. */
  async #stop(index: number): Promise<void> {
    const back = this.#store.isDurable ? [] : this.#model.waiting
    const { handedBack, remaining } = await this.#queue(index).handBack()
    expect(remaining).toEqual([])
    expect(new Set(handedBack.map(({ updateId }) => updateId))).toEqual(
      new Set(back.map(({ id }) => id)),
    )
    await this.#expectRefused(back)
  }

  /** Checks that puts are refused. The updates are Telegram's, and new when they are sent again. */
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
    const taking = Promise.resolve(this.#queue(index).take(abort.signal))
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

  /** Returns the updates of a lane, which none may overtake. */
  #laneOf({ chat }: ModelUpdate): ModelUpdate[] {
    return this.#model.stored.filter((one) => one.chat === chat)
  }

  async #done(delivery: Delivery, update: ModelUpdate): Promise<void> {
    const { handled, values } = this.#model
    this.#model.remove(update)
    handled.add(update.id)
    const writes = await this.#writesOf(update)
    await delivery.done(writes)
    if (writes?.[0]?.kind === "set") values.set(update.chat, update.id)
    else if (writes?.[0]?.kind === "delete") values.delete(update.chat)
    await Promise.resolve()
    this.#expectPut(update.id, "forgotten")
  }

  /** Returns writes for an end: most write the value of their chat, and some delete it. */
  async #writesOf({ id, chat }: ModelUpdate): Promise<StateWrite[] | undefined> {
    const { state } = this.#queue(0)
    if (!state || id % 5 === 0) return undefined
    const key = keyOf(chat)
    const [entry] = await state.read([key])
    const guard = id % 2 === 0 ? { ifVersion: entry?.version ?? 0 } : {}
    if (id % 5 === 1) return [{ kind: "delete", key, ...guard }]
    return [{ kind: "set", key, json: String(id), ...guard }]
  }

  /** Stores a value without an update. */
  async #write(index: number, id: number, chat: number): Promise<void> {
    const { state } = this.#queue(index)
    if (!state) return
    await state.write([{ kind: "set", key: keyOf(chat), json: String(id) }])
    this.#model.values.set(chat, id)
  }

  /** Checks that an end with the version of another value changes nothing. */
  async #conflict(index: number, choice: number): Promise<void> {
    const held = this.#held[choice % Math.max(1, this.#held.length)]
    if (!this.#queue(index).state || !held || held.isLost) return
    const writes: StateWrite[] = [
      { kind: "set", key: keyOf(held.update.chat), json: "-1" },
      { kind: "set", key: keyOf(-1), json: "-1", ifVersion: 1 },
    ]
    await expect(held.delivery.done(writes)).rejects.toBeInstanceOf(StateConflict)
  }

  async #expectSameValues(index: number): Promise<void> {
    const { values } = this.#model
    const chats = [0, 1, 2, 3, 4, -1]
    const read = await this.#queue(index).state?.read(chats.map(keyOf))
    const found = read?.map((entry) => entry && Number(entry.json))
    if (found) expect(found).toEqual(chats.map((chat) => values.get(chat)))
  }

  async #setAside(delivery: Delivery, update: ModelUpdate): Promise<void> {
    this.#model.remove(update)
    this.#model.aside.push(update)
    // A durable queue keeps the update; a memory queue only remembers its id.
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
    await this.#unparkAbandoned()
    await this.#queue(index)[Symbol.asyncDispose]()
    if (!this.#store.isDurable) {
      await this.#expectRefused(this.#model.stored)
      this.#model = new Model()
      this.#puts.clear()
    }
    this.#queues[index] = this.#store.open()
  }

  /**
   * Puts the parked updates into their lanes after the receiver's end: behind all others, by id.
   */
  async #unparkAbandoned(): Promise<void> {
    for (const update of this.#model.parked.toSorted((one, other) => one.id - other.id)) {
      this.#model.unpark(update)
      await this.#store.unparkAbandoned?.(update.id)
    }
  }

  /** Frees all deliveries; their workers can no longer end them. */
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
    await this.#expectSameValues(index)
  }
}

function keyOf(chat: number) {
  return { botId: 1, space: "chat", key: String(chat) }
}

function isFull(model: Model, capacity: number): boolean {
  return model.waiting.length >= capacity
}

/** Checks that an end is refused because the update belongs to another worker. */
async function expectRefused(how: string, delivery: Delivery): Promise<void> {
  if (how === "handBack") expect(await delivery.handBack()).toBe(true)
  else if (how === "retry") await expect(delivery.retry()).rejects.toThrow(/lease/)
  else if (how === "setAside") await expect(delivery.setAside("no")).rejects.toThrow(/lease/)
  else {
    const late: StateWrite = { kind: "set", key: keyOf(-1), json: "-1" }
    await expect(delivery.done([late])).rejects.toThrow(/lease/)
  }
}
