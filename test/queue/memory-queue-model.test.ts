import fc from "fast-check"
import { expect, test } from "vitest"
import { type Delivery, HandedBack, MemoryQueue, QueueFull } from "../../src/queue/index.js"
import { updateOf } from "../../src/testing/queue-probe.js"

interface ModelUpdate {
  readonly id: number
  readonly chat: number
  readonly order: number
  attempt: number
}

/** What a queue should do, as simply as it can be said: a list, searched from its start. */
class Model {
  readonly waiting: ModelUpdate[] = []
  readonly held = new Map<number, ModelUpdate>()
  readonly handled = new Set<number>()
  #puts = 0

  knows(id: number): boolean {
    return this.handled.has(id) || this.held.has(id) || this.waiting.some((one) => one.id === id)
  }

  put(id: number, chat: number): void {
    this.waiting.push({ id, chat, attempt: 1, order: this.#puts++ })
  }

  retry(update: ModelUpdate): void {
    update.attempt += 1
    this.waiting.push(update)
    this.waiting.sort((one, other) => one.order - other.order)
  }

  take() {
    const busy = new Set([...this.held.values()].map(({ chat }) => chat))
    const place = this.waiting.findIndex(({ chat }) => !busy.has(chat))
    const [next] = place < 0 ? [] : this.waiting.splice(place, 1)
    if (next) this.held.set(next.id, next)
    return next
  }

  handBack(chats?: number): number[] {
    const back = this.waiting.filter(({ chat }) => chats === undefined || chat === chats)
    for (const one of back) this.waiting.splice(this.waiting.indexOf(one), 1)
    return back.map(({ id }) => id)
  }
}

const capacity = 8
const operation = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("put"), id: fc.nat(40), chat: fc.nat(4) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant("take"), id: fc.nat(), chat: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom("done", "retry", "setAside", "handBack"),
      id: fc.nat(),
      chat: fc.nat(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("stop"), id: fc.nat(), chat: fc.nat() }) },
)

test("whatever is done to it in whatever order, the queue does what a plain list would", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 120 }), async (operations) => {
      await using queue = new MemoryQueue({ capacity, holdMs: Infinity })
      const run = new Run(queue)
      for (const one of operations) await run.perform(one.do, one.id, one.chat)
      await run.finish()
    }),
    { numRuns: 300 },
  )
})

/** One sequence of operations, done to the queue and to the model. */
class Run {
  readonly #queue: MemoryQueue
  readonly #model = new Model()
  readonly #held = new Map<number, Delivery>()
  readonly #states = new Map<number, unknown>()

  constructor(queue: MemoryQueue) {
    this.#queue = queue
  }

  async perform(what: string, id: number, chat: number): Promise<void> {
    if (what === "put") await this.#put(id, chat)
    else if (what === "take") await this.#take()
    else if (what === "stop") await this.#stop()
    else await this.#end(what, id)
    expect(this.#queue.waiting).toBe(this.#model.waiting.length)
  }

  /** Works off all that is left. */
  async finish(): Promise<void> {
    for (const id of [...this.#held.keys()].toSorted((a, b) => a - b)) await this.#end("done", id)
    while (this.#model.waiting.length > 0) {
      await this.#take()
      await this.#end("done", 0)
    }
    await this.#take()
    expect(this.#queue.waiting).toBe(0)
  }

  async #put(id: number, chat: number): Promise<void> {
    const model = this.#model
    const isRepeat = model.knows(id)
    const isRefused = !isRepeat && model.waiting.length >= capacity
    if (!isRepeat && !isRefused) model.put(id, chat)
    const before = this.#states.get(id)
    const put = this.#queue.put({ botId: 1, update: updateOf(chat, id) })
    const state = await settle(put, (late) => this.#states.set(id, late))
    if (isRefused) {
      expect(state).toBeInstanceOf(QueueFull)
      // Past the turn in which all is refused.
      await new Promise((resolve) => setTimeout(resolve, 3))
    } else if (isRepeat) expect(state).toBe(model.handled.has(id) ? "forgotten" : before)
    else expect(state).toBe("open")
    this.#states.set(id, isRefused ? undefined : state)
  }

  async #take(): Promise<void> {
    const expected = this.#model.take()
    const abort = new AbortController()
    const taking = this.#queue.take(abort.signal).catch(() => undefined)
    abort.abort()
    const delivery = await taking
    expect(delivery?.update.update_id).toBe(expected?.id)
    expect(delivery?.attempt).toBe(expected?.attempt)
    if (delivery) this.#held.set(delivery.update.update_id, delivery)
  }

  async #end(how: string, choice: number): Promise<void> {
    const [id, delivery] = [...this.#held][choice % Math.max(1, this.#held.size)] ?? []
    if (id === undefined || !delivery) return
    const held = this.#model.held.get(id)
    if (!held) throw new Error(`The queue gave out update ${id}, the model did not`)
    this.#held.delete(id)
    this.#model.held.delete(id)
    if (how === "retry") {
      this.#model.retry(held)
      return delivery.retry()
    }
    if (how === "handBack") return this.#handBack(id, delivery, held.chat)
    this.#model.handled.add(id)
    await (how === "done" ? delivery.done() : delivery.setAside("no"))
    await Promise.resolve()
    expect(this.#states.get(id)).toBe("forgotten")
  }

  async #handBack(id: number, delivery: Delivery, chat: number): Promise<void> {
    const back = [id, ...this.#model.handBack(chat)]
    expect(await delivery.handBack()).toBe(true)
    await this.#expectHandedBack(back)
  }

  async #stop(): Promise<void> {
    const expected = this.#model.handBack()
    const { handedBack, remaining } = await this.#queue.handBack()
    expect(new Set(handedBack.map(({ updateId }) => updateId))).toEqual(new Set(expected))
    expect(remaining).toEqual([])
    await this.#expectHandedBack(expected)
  }

  async #expectHandedBack(ids: readonly number[]): Promise<void> {
    await Promise.resolve()
    for (const id of ids) expect(this.#states.get(id)).toBeInstanceOf(HandedBack)
  }
}

async function settle(put: Promise<void>, later: (state: unknown) => void): Promise<unknown> {
  let state: unknown = "open"
  let isLate = false
  const end = (value: unknown) => {
    state = value
    if (isLate) later(value)
  }
  put.then(() => end("forgotten"), end)
  for (let turn = 0; turn < 3; turn++) await Promise.resolve()
  isLate = true
  return state
}
