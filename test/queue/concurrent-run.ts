import { setTimeout as sleep } from "node:timers/promises"
import type { Delivery, UpdateQueue } from "../../src/queue/update-queue.js"
import { updateOf } from "../../src/testing/queue-probe.js"

/** The queue of a run: how to open it, and its contents. */
export interface RunStage {
  /** Opens the queue, also after each restart. */
  open(): UpdateQueue
  /** The number of its first updates, whose ids are 1, 2, 3, …. */
  readonly backlog: number
  /** The ids of damaged updates, which are never handled. */
  readonly damaged: ReadonlySet<number>
}

/** The options of a run. */
export interface RunPlan extends RunStage {
  readonly chats: number
  /** The number of updates that arrive during the run. */
  readonly fresh: number
  readonly restarts: number
  readonly random: () => number
}

/** Returns the chat of an update. */
export function chatOf(id: number, chats: number): number {
  return 1 + ((Math.imul(id, 40_503) >>> 4) % chats)
}

const senders = 12
const workers = 40
/** The longest time without a delivery while updates wait, in milliseconds. */
const standstillMs = 30_000

/**
 * Puts, takes and restarts at the same time. Updates arrive as at a webhook: one per chat at a time, and parked
 * while an update with a lower id has not arrived. Handlers end in every way. Throws if an update is lost or
 * out of order, or if no update is taken for long.
 */
export async function runConcurrently(plan: RunPlan): Promise<void> {
  const run = new ConcurrentRun(plan)
  await run.toTheEnd()
}

class ConcurrentRun {
  readonly #plan: RunPlan
  #queue: UpdateQueue
  #life = new AbortController()
  #restarting: Promise<void> | undefined
  /** The ids that were not sent yet, by chat. */
  readonly #left = new Map<number, number[]>()
  readonly #unsent: number[]
  readonly #handled = new Set<number>()
  /** The last update of each chat whose handler began. */
  readonly #begun = new Map<number, number>()
  /** The parked updates, each with the function that unparks it. */
  #parked: { id: number; unpark: () => void }[] = []
  #lastTakenAt = performance.now()
  #failure: Error | undefined

  constructor(plan: RunPlan) {
    this.#plan = plan
    this.#queue = plan.open()
    this.#unsent = Array.from({ length: plan.fresh }, (_, index) => plan.backlog + index + 1)
    for (const id of this.#unsent) {
      const chat = chatOf(id, plan.chats)
      const left = this.#left.get(chat)
      if (left) left.push(id)
      else this.#left.set(chat, [id])
    }
  }

  async toTheEnd(): Promise<void> {
    const work = [
      ...Array.from({ length: senders }, () => this.#send()),
      ...Array.from({ length: workers }, () => this.#work()),
      this.#restart(),
      this.#watch(),
    ]
    await Promise.all(work)
    await this.#queue[Symbol.asyncDispose]()
    if (this.#failure) throw this.#failure
  }

  get #wanted(): number {
    return this.#plan.backlog + this.#plan.fresh - this.#plan.damaged.size
  }

  get #isOver(): boolean {
    return this.#failure !== undefined || this.#handled.size >= this.#wanted
  }

  #fail(message: string): void {
    this.#failure ??= new Error(message)
    this.#life.abort()
  }

  /** Sends updates until none is left, a refused one again. */
  async #send(): Promise<void> {
    const ready = () => [...this.#left].filter(([, ids]) => ids.length > 0)
    while (!this.#isOver) {
      const some = ready()
      const [chat, ids] = some[Math.floor(this.#plan.random() * Math.min(some.length, 30))] ?? []
      if (chat === undefined || !ids) {
        if (this.#unsent.length === 0) return
        await sleep(1)
        continue
      }
      this.#left.delete(chat)
      await this.#sendOne(ids[0] ?? 0)
      ids.shift()
      if (ids.length > 0) this.#left.set(chat, ids)
    }
  }

  async #sendOne(id: number): Promise<void> {
    const update = updateOf(chatOf(id, this.#plan.chats), id)
    while (!this.#isOver) {
      await this.#restarting
      const queue = this.#queue
      const early = (this.#unsent[0] ?? id) < id ? queue.early : undefined
      try {
        const parked = early?.park({ botId: 1, update })
        if (parked) this.#parked.push({ id, unpark: () => parked.unpark() })
        const put = parked?.put ?? queue.put({ botId: 1, update })
        this.#wasPut(id)
        return await put
      } catch {
        // Telegram sends it again.
        await sleep(2)
      }
    }
  }

  /** Notes that an update was put, and unparks the updates that no longer wait for another one. */
  #wasPut(id: number): void {
    const place = this.#unsent.indexOf(id)
    if (place >= 0) this.#unsent.splice(place, 1)
    const next = this.#unsent[0] ?? Infinity
    const ready = this.#parked.filter(({ id }) => id < next)
    this.#parked = this.#parked.filter(({ id }) => id >= next)
    for (const { unpark } of ready.toSorted((one, other) => one.id - other.id)) unpark()
  }

  async #work(): Promise<void> {
    while (!this.#isOver) {
      await this.#restarting
      const life = this.#life
      try {
        await this.#handle(await this.#queue.take(life.signal))
      } catch (error) {
        if (!life.signal.aborted) this.#fail(`Nothing could be taken: ${String(error)}`)
      }
    }
  }

  async #handle(delivery: Delivery): Promise<void> {
    const id = delivery.update.update_id
    const chat = chatOf(id, this.#plan.chats)
    this.#lastTakenAt = performance.now()
    const last = this.#begun.get(chat) ?? 0
    if (id < last) this.#fail(`Update ${id} of chat ${chat} came after ${last}`)
    this.#begun.set(chat, id)
    const dice = this.#plan.random()
    if (dice < 0.3) await sleep(dice * 20)
    // A closed queue refuses the end of a delivery.
    if (dice > 0.96) return void delivery.retry({ delayMs: 3 }).catch(() => {})
    // The queue delivers an update again only if `handBack` resolves with true.
    if (dice > 0.94 && (await delivery.handBack().catch(() => true))) return
    this.#handled.add(id)
    if (this.#isOver) this.#life.abort()
    delivery.done()?.catch(() => {})
  }

  async #restart(): Promise<void> {
    for (let left = this.#plan.restarts; left > 0 && !this.#isOver; left -= 1) {
      await sleep(50 + this.#plan.random() * 300)
      if (this.#isOver) return
      this.#restarting = this.#restartNow()
      await this.#restarting
      this.#restarting = undefined
    }
  }

  async #restartNow(): Promise<void> {
    this.#life.abort()
    await this.#queue[Symbol.asyncDispose]()
    this.#parked = []
    this.#life = new AbortController()
    this.#queue = this.#plan.open()
  }

  async #watch(): Promise<void> {
    this.#lastTakenAt = performance.now()
    while (!this.#isOver) {
      await sleep(20)
      if (performance.now() - this.#lastTakenAt < standstillMs) continue
      const left = this.#wanted - this.#handled.size
      this.#fail(`Nothing was taken for ${standstillMs} ms, and ${left} are left`)
    }
  }
}
