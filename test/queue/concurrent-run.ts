import { setTimeout as sleep } from "node:timers/promises"
import type { Delivery, UpdateQueue } from "../../src/queue/update-queue.js"
import { updateOf } from "../../src/testing/queue-probe.js"

/** How the queue of a run is opened, and what is in it then. */
export interface RunStage {
  /** Opens the queue; once more after each restart. */
  open(): UpdateQueue
  /** How many updates it has from the start; their ids are 1, 2, 3, …. */
  readonly backlog: number
  /** Which of them cannot be read, and are never handled. */
  readonly damaged: ReadonlySet<number>
}

/** What a run is made of. */
export interface RunPlan extends RunStage {
  readonly chats: number
  /** How many updates come while the queue is worked. */
  readonly fresh: number
  readonly restarts: number
  readonly random: () => number
}

/** The chat of an update. */
export function chatOf(id: number, chats: number): number {
  return 1 + ((Math.imul(id, 40_503) >>> 4) % chats)
}

const senders = 12
const workers = 40
/** How long nothing may be taken while something waits, in milliseconds. */
const standstillMs = 30_000

/**
 * Puts, takes and restarts, all at the same time: updates come as a webhook has them, one of each chat at a
 * time and early where one with a lower id is on its way; handlers end in every way. Throws where one is lost,
 * a chat comes out of order, or everything stands still.
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
  /** Of each chat the ids that are left to be sent. */
  readonly #left = new Map<number, number[]>()
  readonly #unsent: number[]
  readonly #handled = new Set<number>()
  /** The last update of each chat whose handler began. */
  readonly #begun = new Map<number, number>()
  /** What calls back when all that were sent before have been put. */
  #turns: { id: number; come: () => void }[] = []
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

  /** Sends until nothing is left; what is refused is sent again. */
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
        if (parked) this.#turns.push({ id, come: () => parked.unpark() })
        const put = parked?.put ?? queue.put({ botId: 1, update })
        this.#passed(id)
        return await put
      } catch {
        // Telegram sends it again.
        await sleep(2)
      }
    }
  }

  /** One has been put: it may be the turn of those that came before it. */
  #passed(id: number): void {
    const place = this.#unsent.indexOf(id)
    if (place >= 0) this.#unsent.splice(place, 1)
    const next = this.#unsent[0] ?? Infinity
    const come = this.#turns.filter((turn) => turn.id < next)
    this.#turns = this.#turns.filter((turn) => turn.id >= next)
    for (const turn of come.toSorted((one, other) => one.id - other.id)) turn.come()
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
    // What a queue that was closed is told is refused.
    if (dice > 0.96) return void delivery.retry({ delayMs: 3 }).catch(() => {})
    // Nobody else has it where this answers that it does not come again.
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
    this.#turns = []
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
