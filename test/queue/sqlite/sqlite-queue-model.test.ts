import fc from "fast-check"
import { expect, test } from "vitest"
import type { Delivery } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { updateOf } from "../../../src/testing/queue-probe.js"
import { pathsIn, temporaryFolder } from "./temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
/** More for a night: `SOUNDER_SEQUENCES=100000`. */
const sequences = Number(process.env.SOUNDER_SEQUENCES ?? 150)

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

  restart(): void {
    for (const one of this.stored) one.state = "waiting"
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
    ...["handBack", "setAside", "replay", "drop", "restart"],
  ),
  id: fc.nat(30),
  chat: fc.nat(4),
})

test(
  "whatever is done to it in whatever order, restarts included, the queue does what a list would",
  { timeout: 3_600_000 },
  async () => {
    const property = fc.asyncProperty(
      fc.array(operation, { maxLength: 60 }),
      async (operations) => {
        await using run = new Run(newPath())
        for (const { what, id, chat } of operations) await run.perform(what, id, chat)
        await run.finish()
      },
    )
    await fc.assert(property, { numRuns: sequences })
  },
)

/** One sequence of operations, done to the queue and to the model. */
class Run implements AsyncDisposable {
  readonly #path: string
  readonly #model = new Model()
  #queue: SqliteQueue
  #held: { delivery: Delivery; update: ModelUpdate }[] = []

  constructor(path: string) {
    this.#path = path
    this.#queue = new SqliteQueue({ path })
  }

  async perform(what: string, id: number, chat: number): Promise<void> {
    if (what === "put") await this.#put(id, chat)
    else if (what === "take") await this.#take()
    else if (what === "restart") await this.#restart()
    else if (what === "replay" || what === "drop") await this.#again(what, id)
    else await this.#end(what, id)
    await this.#expectSameCounts()
  }

  /** Works off all that is left. */
  async finish(): Promise<void> {
    while (this.#held.length > 0) await this.#end("done", 0)
    while (this.#model.stored.length > 0) {
      await this.#take()
      await this.#end("done", 0)
    }
    await this.#expectSameCounts()
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#queue[Symbol.asyncDispose]()
  }

  async #put(id: number, chat: number): Promise<void> {
    this.#model.put(id, chat)
    await this.#queue.put({ botId: 1, update: updateOf(chat, id) })
  }

  async #take(): Promise<void> {
    const expected = this.#model.take()
    const abort = new AbortController()
    const taking = this.#queue.take(abort.signal)
    // What can be taken is given before the next turn of the event loop.
    if (!expected) setImmediate(() => abort.abort())
    const delivery = await taking.catch(() => undefined)
    expect([delivery?.update.update_id, delivery?.attempt]).toEqual([
      expected?.id,
      expected?.attempts,
    ])
    if (delivery && expected) this.#held.push({ delivery, update: expected })
  }

  async #end(how: string, choice: number): Promise<void> {
    const [held] = this.#held.splice(choice % Math.max(1, this.#held.length), 1)
    if (!held) return
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

  async #again(what: "replay" | "drop", choice: number): Promise<void> {
    const { aside, stored, handled } = this.#model
    const [update] = aside.splice(choice % Math.max(1, aside.length), 1)
    const reference = { botId: 1, updateId: update?.id ?? 1_000 }
    expect(await this.#queue[what](reference)).toBe(update !== undefined)
    if (!update) return
    if (what === "replay") stored.push({ ...update, attempts: 0, state: "waiting" })
    else handled.add(update.id)
  }

  async #restart(): Promise<void> {
    this.#held = []
    this.#model.restart()
    await this.#queue[Symbol.asyncDispose]()
    this.#queue = new SqliteQueue({ path: this.#path })
  }

  async #expectSameCounts(): Promise<void> {
    const { waiting, running, setAside } = await this.#queue.status()
    const { stored, aside } = this.#model
    expect({ waiting, running, setAside }).toEqual({
      waiting: stored.length - this.#held.length,
      running: this.#held.length,
      setAside: aside.length,
    })
    expect((await this.#queue.setAside()).map(({ update }) => update.update_id)).toEqual(
      aside.map(({ id }) => id),
    )
  }
}
