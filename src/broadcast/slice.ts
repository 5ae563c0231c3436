import type { Bot } from "../bot/index.js"
import { offAbort, onAbort } from "../ground/abort-listeners.js"
import { backoffMs } from "../ground/backoff.js"
import { errorText, isError } from "../ground/error-text.js"
import { sleep } from "../ground/sleep.js"
import { Timer } from "../ground/timer.js"
import type { OwnPut, StateWrite } from "../queue/state-store.js"
import { slicePrefix } from "../telegram/own-update.js"
import type { BroadcastFunction } from "./broadcast-options.js"
import { Journal, type Recipient, SliceLost } from "./journal.js"
import type { ListReader } from "./recipient-list.js"
import { RecipientCall } from "./recipient-call.js"
import {
  type BroadcastStore,
  lane,
  type SliceData,
  type StoredBroadcast,
  type StoredHead,
  type StoredProgress,
} from "./stored-broadcast.js"
import type { UploadedFiles } from "./uploaded-files.js"

/** The longest time of a slice, in milliseconds: shorter than the time that a stopping program waits for handlers. */
const sliceMs = 5_000
/** The wait of a worker that takes over from another process, in milliseconds. */
const takeOverMs = 200
/** The largest number of recipients whose calls wait for Telegram's limits. */
const maxChosen = 8
/** The largest number of calls at the same time. */
const maxOpen = 500
/** The largest number of recipients that are put off. */
const maxLater = 1_000
/** The number of setbacks in a row after which the broadcast waits. See `SliceResult`. */
const maxSetbacks = 3
/** The number of failures in a row after which the broadcast pauses itself. */
const maxFailures = 20
/** The backoff after setbacks for which Telegram has named no time. */
const backoff = { firstMs: 2_000, maxMs: 600_000 }

/** The id of this process, which begins the name of a slice's owner. */
const processId = crypto.randomUUID()

/** Options of a {@link Slice}. */
export interface SliceOptions {
  readonly name: string
  readonly data: SliceData
  readonly bot: Bot
  readonly store: BroadcastStore
  readonly stored: StoredBroadcast
  readonly reader: ListReader
  readonly files: UploadedFiles
  readonly message: BroadcastFunction<unknown>
  /** Aborts when the handler must end. */
  readonly signal: AbortSignal
  /** Whether an earlier attempt at this slice has died. */
  readonly isRepeated: boolean
}

/** The run of a slice: it makes calls for some seconds, and puts the next slice. */
export class Slice {
  readonly #options: SliceOptions
  readonly #journal: Journal
  /** Aborts when the slice is over: calls that still wait for Telegram's limits are not made. */
  readonly #over = new AbortController()
  #head: StoredHead
  #headVersion: number
  readonly #running = new Set<Promise<void>>()
  /** Called when a call has begun or ended. */
  #wake: (() => void) | undefined
  #setbacks = 0
  #failures = 0
  #waitMs = 0
  #reason: string | undefined
  /** The error of the store; `undefined` for none. */
  #error: Error | undefined
  #isPausing = false
  #isAtEnd = false

  constructor(options: SliceOptions) {
    const { store, stored } = options
    this.#options = options
    this.#head = stored.head
    this.#headVersion = stored.headVersion
    this.#journal = new Journal({
      store,
      progress: stored.progress,
      version: stored.progressVersion,
      owner: `${processId} ${crypto.randomUUID()}`,
      onHead: (head, version) => this.#onHead(head, version),
    })
  }

  /** Makes the calls. Rejects if the store fails; resolves even if another worker has taken over. */
  async run(): Promise<void> {
    const { signal } = this.#options
    const end = () => this.#end()
    if (signal.aborted) return
    onAbort(signal, end)
    try {
      await this.#journal.open()
      await this.#takeOver()
      await this.#sendAll()
      await this.#close()
    } catch (error) {
      if (!(error instanceof SliceLost)) throw error
    } finally {
      this.#end()
      await Promise.all(this.#running)
      offAbort(signal, end)
    }
  }

  /**
   * Records an unknown outcome for the calls that ran when the last worker died, and becomes the slice's owner.
   */
  async #takeOver(): Promise<void> {
    const { progress } = this.#options.stored
    for (const [chatId, unsure] of progress.open) {
      this.#journal.endUnsure({ chatId, unsure }, this.#head.unsure, {
        dueAt: 0,
        reason: "The process died during the call",
      })
    }
    await this.#journal.store()
    const isOther = progress.owner !== "" && !progress.owner.startsWith(processId)
    // Recent calls of the other process still count towards Telegram's limits.
    if (isOther) await sleep(takeOverMs)
  }

  async #sendAll(): Promise<void> {
    // A repeated slice makes no calls and puts the next slice, so that crashes do not use up the attempts of
    // one slice.
    if (this.#options.isRepeated) return
    const endsAt = performance.now() + sliceMs
    while (!this.#isOver && performance.now() < endsAt) {
      const recipient = this.#hasRoom ? await this.#choose() : undefined
      if (recipient) this.#start(recipient)
      else if (this.#running.size > 0) await this.#change(endsAt - performance.now())
      else return
    }
  }

  get #isOver(): boolean {
    return this.#over.signal.aborted
  }

  get #hasRoom(): boolean {
    const { chosenCount, openCount } = this.#journal
    return chosenCount < maxChosen && openCount < maxOpen
  }

  /** Chooses the next recipient; `undefined` if there is none now. */
  async #choose(): Promise<Recipient | undefined> {
    const journal = this.#journal
    const due = journal.later.findIndex(([, dueAt]) => dueAt <= Date.now())
    if (due >= 0) {
      const [[chatId, , unsure] = [0, 0, 0]] = journal.later.splice(due, 1)
      return { chatId, unsure }
    }
    if (journal.later.length >= maxLater) return undefined
    const { reader } = this.#options
    for (; journal.section < reader.sections; journal.nextSection()) {
      const { ids, duplicates } = await reader.section(journal.section)
      if (this.#isOver) return undefined
      if (journal.next === 0) journal.counts.duplicates += duplicates
      const chatId = ids[journal.next]
      if (chatId !== undefined) {
        journal.next += 1
        return { chatId, unsure: 0 }
      }
    }
    this.#isAtEnd = true
    return undefined
  }

  #start(recipient: Recipient): void {
    this.#journal.choose(recipient)
    const { bot, reader, files, message } = this.#options
    const call = new RecipientCall(recipient, {
      ...{ bot, reader, files, message },
      data: this.#head.data,
      journal: this.#journal,
      rule: this.#head.unsure,
      hasMessageIds: this.#head.hasMessageIds === true,
      over: this.#over.signal,
      onBegin: () => this.#wake?.(),
    })
    const running = this.#make(call).finally(() => {
      this.#running.delete(running)
      this.#wake?.()
    })
    this.#running.add(running)
  }

  /** Makes a call, and ends the slice if its result says so. Never rejects. */
  async #make(call: RecipientCall): Promise<void> {
    try {
      const result = await call.run()
      if (result === undefined) return
      this.#failures = result.kind === "failed" ? this.#failures + 1 : 0
      this.#setbacks = result.kind === "setback" ? this.#setbacks + 1 : 0
      this.#reason = result.reason
      if (result.kind === "setback") this.#waitMs = Math.max(this.#waitMs, result.delayMs)
      else this.#waitMs = 0
      if (this.#setbacks >= maxSetbacks) this.#end()
      if (this.#failures >= maxFailures) {
        this.#isPausing = true
        this.#end()
      }
    } catch (error) {
      this.#error ??= isError(error) ? error : new Error(errorText(error))
      this.#end()
    }
  }

  /** Resolves when a call has begun or ended, or after `ms`. */
  #change(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = new Timer(resolve, Math.max(0, ms))
      this.#wake = () => {
        timer.stop()
        resolve()
      }
    })
  }

  #end(): void {
    if (!this.#isOver) this.#over.abort(new Error("The slice of the broadcast is over"))
    this.#wake?.()
  }

  #onHead(head: StoredHead | undefined, version: number): void {
    if (!head) throw new SliceLost("The broadcast is gone")
    this.#head = head
    this.#headVersion = version
    if (head.status !== "running" || head.tick !== this.#options.data.tick) this.#end()
  }

  /** Waits for the running calls, and stores the end of the slice together with the next one. */
  async #close(): Promise<void> {
    this.#end()
    await Promise.all(this.#running)
    if (this.#error !== undefined) throw this.#error
    const isPlanned = this.#head.status === "running" && this.#head.tick === this.#options.data.tick
    const { later } = this.#journal
    const hasEnded = this.#isAtEnd && later.length === 0 && isPlanned
    const wait = hasEnded ? {} : this.#wait()
    await this.#journal.close({ ...wait, hasEnded }, (progress) =>
      isPlanned && !hasEnded ? this.#nextWrites(progress) : [],
    )
  }

  /** Returns the wait before the next slice. */
  #wait(): Pick<StoredProgress, "setbacks" | "until" | "reason"> {
    const { progress } = this.#options.stored
    if (this.#setbacks >= maxSetbacks) {
      const setbacks = progress.setbacks + 1
      const until = Date.now() + (this.#waitMs || backoffMs(setbacks - 1, backoff))
      return { setbacks, until, reason: this.#reason }
    }
    const { later } = this.#journal
    const isFull = later.length >= maxLater
    if (!this.#isAtEnd && !isFull) return { setbacks: 0 }
    const until = Math.min(...later.map(([, dueAt]) => dueAt))
    return until > Date.now() ? { setbacks: 0, until, reason: this.#reason } : { setbacks: 0 }
  }

  #nextWrites(progress: StoredProgress): readonly StateWrite[] {
    const { name, data, store } = this.#options
    if (this.#isPausing) {
      const head: StoredHead = {
        ...this.#head,
        status: "paused",
        ...(this.#reason && { reason: this.#reason }),
      }
      return [store.set(store.headKey, head, this.#headVersion)]
    }
    return [slicePut(store, name, { ...data, slice: progress.slice }, progress.until)]
  }
}

/** Returns the write that puts a slice. */
export function slicePut(
  { botId }: BroadcastStore,
  name: string,
  data: SliceData,
  dueAt?: number,
): OwnPut {
  return { kind: "put", botId, own: { name: slicePrefix + name, lane, data }, dueAt }
}
