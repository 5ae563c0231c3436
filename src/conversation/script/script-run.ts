import type { Context } from "../../dispatch/context/context.js"
import type { CallOptions } from "../../bot/index.js"
import { destroyStreams } from "../../bot/used-streams.js"
import { CallPlace } from "../../ground/call-place.js"
import { isDevelopment } from "../../ground/development.js"
import { errorText } from "../../ground/error-text.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import { jsonText } from "../../ground/json-text.js"
import { ObservedPromise } from "../../ground/observed-promise.js"
import { Forbidden } from "../../telegram/errors.js"
import { ConversationChanged } from "./conversation-changed.js"
import { failedOutcome, type Outcome, settledAs, valueOf } from "./outcome.js"
import { recordedBot } from "./recorded-bot.js"
import { ScriptContexts } from "./script-contexts.js"
import type { AnyScript, ScriptForm } from "./script-form.js"
import { ScriptedTalk, type TalkingRun } from "./scripted-talk.js"
import { Segment, type SegmentRecord, type Steps, stepsOf } from "./segment.js"
import { detailOf, type TracedOperation } from "./traced-operation.js"
import { accepts, checkAnswer, type Wait } from "./wait.js"
import { WaitTimeout } from "./wait-timeout.js"

/** The largest number of recorded operations. A script with more must begin again. */
const maxEntries = 1_000

/** The place at which a run has stopped. */
export type RunState =
  | { readonly kind: "waiting"; readonly wait: Wait }
  | { readonly kind: "ended" }
  | { readonly kind: "again"; readonly data: object }
  | { readonly kind: "failed"; readonly error: unknown }
  | { readonly kind: "changed"; readonly error: ConversationChanged }

/** The place at which a replay has stopped. */
type ReplayedState = Extract<RunState, { readonly kind: "waiting" | "changed" }>

/** The parts of a run. */
export interface RunParts {
  readonly form: ScriptForm
  /** The context of the update that is being handled. */
  readonly ctx: Context
  readonly data: object
  /** The segments that the script has run before. */
  readonly recorded: readonly SegmentRecord[]
  /** Stores the outcomes of steps at once; absent for a run that makes no steps. */
  readonly storeSteps?: (steps: Steps) => Promise<void>
}

/** The context of an answer, and the output of its check. */
interface Answer {
  readonly ctx: Context
  readonly output: unknown
}

/** A wait with the functions that end it. */
interface PendingWait {
  readonly wait: Wait
  readonly resolve: (answer: Promise<Answer>) => void
}

/**
 * One run of a script: a replay of the recorded segments, which makes no calls, then at most one new, live segment.
 */
export class ScriptRun implements TalkingRun {
  readonly form: ScriptForm
  readonly data: object
  readonly #parts: RunParts
  readonly #segments: Segment[]
  readonly #contexts: ScriptContexts
  /** The errors 403 of calls to the chat of the dialog. */
  readonly #blocked = new Set<unknown>()
  /** The operations in their order; `undefined` outside of development. */
  readonly #traced: TracedOperation[] | undefined = isDevelopment() ? [] : undefined
  readonly #stepCounts = new Map<string, number>()
  /** The operations that have not ended. */
  #open: ObservedPromise<unknown>[] = []
  /** The number of steps that run: their operations are not recorded, because a replay does not make them. */
  #running = 0
  #index = -1
  #isLive = false
  #pending: PendingWait | undefined
  #report: (state: RunState) => void = () => {}

  constructor(parts: RunParts) {
    const { form, ctx, data, recorded } = parts
    this.#parts = parts
    this.form = form
    this.data = data
    this.#segments = recorded.map((record) => new Segment(record))
    const bot = recordedBot(ctx.bot, (...args) => this.#call(...args))
    const perform = (key: string, act: () => Promise<unknown>) => this.#perform(key, "", act)
    this.#contexts = new ScriptContexts({ ctx, sessions: form.sessions, bot, perform })
  }

  get context(): Context {
    return this.#contexts.last
  }

  /** The records of all segments. */
  get records(): readonly SegmentRecord[] {
    return this.#segments.map(({ record }) => record)
  }

  /** The operations and waits of the run; none outside of development. */
  get operations(): readonly TracedOperation[] {
    return this.#traced ?? []
  }

  /** The number of recorded operations and waits. */
  get size(): number {
    return this.#segments.reduce((sum, { size }) => sum + size + 1, 0)
  }

  /** Returns whether an error says that the user of the dialog has blocked the bot. */
  isBlocked(error: unknown): boolean {
    return this.#blocked.has(error)
  }

  /** Replays the script with its record. A script that does not arrive at the recorded wait has changed. */
  async replay(script: AnyScript): Promise<ReplayedState> {
    const state = await this.#until(() => void this.#start(script, this.#segments[0]))
    if (state.kind === "waiting" || state.kind === "changed") return state
    const reason =
      state.kind === "failed"
        ? `it throws before its wait: ${errorText(state.error)}`
        : "it ends before its wait"
    const cause = state.kind === "failed" ? { cause: state.error } : {}
    return { kind: "changed", error: new ConversationChanged(this.form.name, reason, cause) }
  }

  /** Runs the script from its beginning to its first wait or its end. */
  async begin(script: AnyScript, record: SegmentRecord): Promise<RunState> {
    this.#isLive = true
    const segment = new Segment(record)
    this.#segments.push(segment)
    return this.#finish(await this.#until(() => void this.#start(script, segment)))
  }

  /** Continues a run that waits, up to its next wait or its end. */
  async answer(record: SegmentRecord): Promise<RunState> {
    const pending = this.#pending
    if (!pending) throw new Error("Expected a run that waits.")
    await this.#endSegment()
    this.#isLive = true
    this.#pending = undefined
    const segment = new Segment(record)
    this.#segments.push(segment)
    const state = await this.#until(() => pending.resolve(this.#enter(segment, pending.wait)))
    return this.#finish(state)
  }

  async wait(wait: Wait): Promise<Answer> {
    this.#trace(wait.name === undefined ? "wait" : `wait ${wait.name}`, "")
    if (this.#running > 0) {
      throw new TypeError(
        "Expected a wait outside of a step: a step that has been made is not called again.",
      )
    }
    if (this.#pending) {
      throw new TypeError("Expected one wait at a time: combine the filters with `filters.or`.")
    }
    const next = this.#segments[this.#index + 1]
    if (next && !this.#isLive) return this.#answerFrom(next, wait)
    return new Promise((resolve) => {
      this.#pending = { wait, resolve }
      this.#report({ kind: "waiting", wait })
    })
  }

  step(name: string, run: () => unknown): Promise<unknown> {
    const key = `step ${name}`
    this.#trace(key, "")
    if (this.#isLate(key)) return never()
    const index = this.#stepCounts.get(key) ?? 0
    this.#stepCounts.set(key, index + 1)
    const known = this.#segments.flatMap((segment) => segment.outcomes(key))[index]
    if (known) return settledAs(known)
    if (!this.#isLive) return this.#changed(`the step ${JSON.stringify(name)} is new`)
    const earlier = this.#segments.slice(0, -1).flatMap((segment) => segment.outcomes(key))
    return this.#watch(this.#runStep(key, index - earlier.length, run))
  }

  value(kind: "now" | "random", make: () => number): number {
    const { segment, index, known } = this.#next(kind, "")
    // The recorded value is one that `make` has returned.
    if (known) return valueOf(known) as number
    if (!this.#isLive) throw this.#change(`\`talk.${kind}()\` is called more often than before`)
    this.#expectRoom()
    const value = make()
    segment.add(kind, index, { value })
    return value
  }

  /** Starts or continues the run with `act`, and resolves with the state in which the run stops. */
  #until(act: () => void): Promise<RunState> {
    return new Promise((resolve) => {
      this.#report = resolve
      act()
    })
  }

  async #start(script: AnyScript, segment: Segment | undefined): Promise<void> {
    try {
      if (!segment) throw new TypeError("Expected a record with a segment.")
      const ctx = await this.#beginSegment(segment, undefined)
      const talk = new ScriptedTalk(this)
      const result = await script(talk, ctx)
      this.#report(endOf(result, talk))
    } catch (error) {
      this.#report({ kind: "failed", error })
    }
  }

  async #finish(state: RunState): Promise<RunState> {
    if (state.kind === "failed" || state.kind === "changed") return state
    try {
      await this.#endSegment()
      return state
    } catch (error) {
      return { kind: "failed", error }
    }
  }

  /** Continues a replay with a recorded answer, unless the wait does not fit. */
  async #answerFrom(segment: Segment, wait: Wait): Promise<Answer> {
    await this.#endSegment()
    const { record } = segment
    if (record.wait !== wait.name) {
      return this.#changed(
        `its wait has ${named(wait.name)}, and the stored one ${named(record.wait)}`,
      )
    }
    if (record.dueAt === undefined && !accepts(wait, record.update)) {
      return this.#changed("its filter does not accept an earlier answer")
    }
    return this.#enter(segment, wait)
  }

  /** Begins the segment of an answer or of a time-out. */
  async #enter(segment: Segment, wait: Wait): Promise<Answer> {
    const { record } = segment
    const ctx = await this.#beginSegment(segment, wait)
    if (record.dueAt !== undefined) throw new WaitTimeout(new Date(record.dueAt))
    if ("output" in record || !wait.check) return { ctx, output: record.output }
    const { output } = { output: undefined, ...(await checkAnswer(wait, record.update)) }
    return { ctx, output }
  }

  #beginSegment(segment: Segment, wait: Wait | undefined): Promise<Context> {
    this.#index += 1
    return this.#contexts.begin(segment, wait)
  }

  /** Waits for the operations of the current segment, and ends the segment. */
  async #endSegment(): Promise<void> {
    for (let open = this.#open; open.length > 0; open = this.#open) {
      this.#open = []
      await Promise.all(open.map((operation) => operation.settled()))
    }
    await this.#contexts.end(this.#isLive)
  }

  #call(method: string, params?: object, options?: CallOptions): Promise<unknown> {
    const detail = this.#traced ? detailOf(params) : ""
    const made = this.#perform(`call ${method}`, detail, async () => {
      try {
        return await this.#parts.ctx.bot.call(method, params, options)
      } catch (error) {
        const target: unknown = params && Reflect.get(params, "chat_id")
        const isOfDialog = String(target) === String(this.#parts.ctx.chat?.id)
        if (error instanceof Forbidden && isOfDialog) this.#blocked.add(error)
        throw error
      }
    })
    if (!this.#isLive) destroyStreams(params)
    return made
  }

  /** Performs an operation, or returns its recorded outcome. */
  #perform(key: string, detail: string, act: () => Promise<unknown>): Promise<unknown> {
    if (this.#isLate(key)) return never()
    if (this.#running > 0) return this.#watch(act())
    const { segment, index, known } = this.#next(key, detail)
    if (known) return settledAs(known)
    if (!this.#isLive) return this.#changed(`${key} is new before its wait`)
    return this.#watch(this.#record(segment, key, index, act))
  }

  async #record(
    segment: Segment,
    key: string,
    index: number,
    act: () => unknown,
  ): Promise<unknown> {
    this.#expectRoom()
    try {
      const value = await act()
      segment.add(key, index, { value })
      return value
    } catch (error) {
      segment.add(key, index, failedOutcome(error))
      throw error
    }
  }

  async #runStep(key: string, index: number, run: () => unknown): Promise<unknown> {
    const segment = this.#expectSegment(key)
    const value = await this.#record(segment, key, index, async () => {
      this.#running += 1
      try {
        const result = await run()
        return result === undefined ? result : JSON.parse(jsonText(key, result))
      } finally {
        this.#running -= 1
      }
    })
    await this.#parts.storeSteps?.(stepsOf(segment))
    return value
  }

  /** Counts an operation of the current segment. */
  #next(
    key: string,
    detail: string,
  ): { segment: Segment; index: number; known: Outcome | undefined } {
    this.#trace(key, detail)
    const segment = this.#expectSegment(key)
    const index = segment.count(key)
    return { segment, index, known: segment.outcomes(key)[index] ?? undefined }
  }

  #expectSegment(key: string): Segment {
    const segment = this.#segments[this.#index]
    if (segment && !this.#pending) return segment
    throw new TypeError(lateText(this.form, key))
  }

  /**
   * Returns whether an operation comes after the end of its segment. Logs it, because no code may await its
   * error.
   */
  #isLate(key: string): boolean {
    if (!this.#pending) return false
    guardedLogger().error(lateText(this.form, key))
    return true
  }

  #expectRoom(): void {
    if (this.size < maxEntries) return
    throw new TypeError(
      `The script of the conversation ${this.form.name} has recorded ${maxEntries} operations: begin again ` +
        "with `return talk.again(data)`, which drops the record.",
    )
  }

  /** Registers an operation that must end before its segment. */
  #watch<T>(operation: Promise<T>): Promise<T> {
    const observed = ObservedPromise.around(operation)
    this.#open.push(observed)
    return observed
  }

  /** Stops the run, because the script has changed. The returned promise never settles. */
  #changed(reason: string): Promise<never> {
    this.#change(reason)
    return never()
  }

  #change(reason: string): ConversationChanged {
    const error = new ConversationChanged(this.form.name, reason)
    this.#report({ kind: "changed", error })
    return error
  }

  #trace(key: string, detail: string): void {
    this.#traced?.push({ key, detail, segment: this.#index, place: new CallPlace() })
  }
}

function endOf(result: unknown, { begun }: ScriptedTalk): RunState {
  if (begun === undefined) return { kind: "ended" }
  if (result === begun) return { kind: "again", data: begun.again }
  const error = new TypeError("Expected the script to return the result of `talk.again`.")
  return { kind: "failed", error }
}

function named(name: string | undefined): string {
  return name === undefined ? "no name" : `the name ${JSON.stringify(name)}`
}

/** Returns a promise that never settles, for a script that must not continue. */
function never(): Promise<never> {
  return new Promise(() => {})
}

function lateText({ name }: ScriptForm, key: string): string {
  return (
    `The script of the conversation ${name} has made an operation while it waits (${key}), which is dropped: ` +
    "await each call and step before the wait"
  )
}
