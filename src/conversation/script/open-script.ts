import { type Context, handlingOf } from "../../dispatch/context/context.js"
import { originOf } from "../../dispatch/context/own-origin.js"
import type { StatePlace, UpdateState } from "../../dispatch/context/update-state.js"
import { isDevelopment } from "../../ground/development.js"
import { jsonText } from "../../ground/json-text.js"
import type { Update } from "../../telegram/types.js"
import { type OwnData, spaceOf, timerOf } from "../conversation-form.js"
import { ConversationChanged } from "./conversation-changed.js"
import { adviseOnRun } from "./replay-check.js"
import type { AnyScript, ScriptForm } from "./script-form.js"
import { parseRecord, type ScriptRecord } from "./script-record.js"
import { type RunState, ScriptRun } from "./script-run.js"
import type { SegmentRecord } from "./segment.js"
import { StoredSteps } from "./stored-steps.js"
import type { Wait } from "./wait.js"
import { WaitTimeout } from "./wait-timeout.js"

/** The largest number of starts of a script in one update. More of them are an endless loop. */
const maxStarts = 100

/** A waiting dialog: the replayed run of its script, and the current wait. */
export interface WaitingRun {
  readonly run: ScriptRun
  readonly wait: Wait
}

/** A run, and the state in which it stops. */
interface LiveRun {
  readonly run: ScriptRun
  readonly version: number
  readonly state: RunState
}

/** The dialog of one update. */
export class OpenScript {
  readonly form: ScriptForm
  readonly #ctx: Context
  readonly #state: UpdateState
  readonly #place: StatePlace
  readonly #text: string | undefined
  readonly #stored: ScriptRecord | undefined
  readonly #steps: StoredSteps
  /** The record to store; `undefined` for none. */
  #record: Omit<ScriptRecord, "generation"> | undefined
  /** Whether the record differs from the stored one. */
  #isChanged = false
  /** The data of the dialog to begin at the end of the update. */
  #entering: object | undefined
  #waiting: Promise<WaitingRun | ConversationChanged> | undefined
  /** Whether no later update would continue the dialog. */
  #isLastUpdate = false
  /** The number of runs of the script in this update. Steps are stored under the index of their run. */
  #runs = 0

  private constructor(
    form: ScriptForm,
    { ctx, place }: { readonly ctx: Context; readonly place: StatePlace },
    [text, steps]: readonly (string | undefined)[],
  ) {
    this.form = form
    this.#ctx = ctx
    this.#state = ctx.state
    this.#place = place
    this.#text = text
    this.#stored = text === undefined ? undefined : parseRecord(text)
    this.#record = this.#stored
    this.#steps = new StoredSteps(ctx, stepsPlace(ctx, place), steps)
  }

  /** Reads a dialog. */
  static async read(form: ScriptForm, ctx: Context, place: StatePlace): Promise<OpenScript> {
    const texts = await ctx.state.readTexts([place, stepsPlace(ctx, place)])
    return new OpenScript(form, { ctx, place }, texts)
  }

  /** Whether a dialog is open, even a dialog that this program cannot read. */
  get isOpen(): boolean {
    if (this.#entering) return true
    return this.#isChanged ? this.#record !== undefined : this.#text !== undefined
  }

  /** The data of the dialog; `undefined` if none is open. */
  get data(): object | undefined {
    return this.#entering ?? this.#record?.data
  }

  /** The time of the time-out, in milliseconds since 1970. */
  get dueAt(): number | undefined {
    return this.#record?.dueAt
  }

  /** Whether the writes of the handlers were dropped: an error handler runs. */
  get isRolledBack(): boolean {
    return this.#ctx.state !== this.#state
  }

  /** Opens a dialog, or begins an open one again, at the end of the update. */
  enter(data: object | undefined): void {
    this.#entering = { ...this.form.initial(), ...data }
  }

  /** Ends the dialog. */
  end(): void {
    this.#entering = undefined
    this.#setRecord(undefined)
  }

  /** Ends the dialog after a failure of its handlers. */
  endAfterFailure(): void {
    this.end()
    this.#save()
  }

  /**
   * Deletes the steps of a failed update. The deletion is committed only if the update is not handled again.
   * Also ends the dialog if no other update would continue it, because its timer is over or its script has not
   * begun.
   */
  onFailure(): void {
    if (this.#isLastUpdate) this.endAfterFailure()
    else this.#steps.clear()
  }

  /**
   * Runs the script over its record. Resolves with `undefined` if no dialog waits for an update, and with the
   * error of a record that does not fit the script.
   */
  async waiting(): Promise<WaitingRun | ConversationChanged | undefined> {
    // A record without segments waits for the own update that begins the dialog.
    const hasBegun = this.#stored?.segments.length !== 0
    if (!this.isOpen || this.#entering || this.#isChanged || !hasBegun) return undefined
    return (this.#waiting ??= this.#replay())
  }

  /**
   * Continues the script with an answer.
   *
   * @param facts the output of the check, if there is one
   */
  async answer({ run, wait }: WaitingRun, facts: Partial<SegmentRecord>): Promise<void> {
    const record = this.#segmentOf(this.#ctx.update, { wait: wait.name, ...facts })
    const version = this.#stored?.version ?? this.form.version
    await this.#complete({ run, version, state: await run.answer(record) })
  }

  /** Begins the script again with the first update and the data of the stored dialog. */
  async restart(): Promise<void> {
    const { segments = [], data } = this.#stored ?? {}
    await this.#begin({ ...this.form.initial(), ...data }, segments[0]?.update ?? this.#ctx.update)
  }

  /** Handles an own update of the conversation: a time-out, or an entry outside of handlers. */
  async onOwn(own: OwnData): Promise<void> {
    const stored = this.#stored
    // With another generation, an answer came first, or the dialog is a new one.
    if (stored?.generation !== own.generation) return
    this.#isLastUpdate = true
    if (own.kind === "enter") return this.#begin(stored.data, this.#ctx.update)
    const waiting = await this.waiting()
    if (waiting && !(waiting instanceof ConversationChanged)) {
      return this.answer(waiting, { dueAt: stored.dueAt ?? Date.now() })
    }
    if (waiting && this.form.onChanged === "setAside") throw waiting
    this.end()
  }

  /** Begins an entered dialog, and writes the dialog with the end of the update. */
  async settle(): Promise<void> {
    const data = this.#entering
    this.#entering = undefined
    if (data) await this.#begin(data, this.#ctx.update)
    this.#save()
  }

  async #replay(): Promise<WaitingRun | ConversationChanged> {
    const { name, scripts } = this.form
    const stored = this.#stored
    if (!stored) return new ConversationChanged(name, "it is one of a conversation by states")
    const script = scripts.get(stored.version)
    if (!script) {
      const reason = `it was begun with version ${stored.version}, whose script is unknown`
      return new ConversationChanged(name, reason)
    }
    const run = this.#runOf(stored.data, stored.segments)
    const state = await run.replay(script)
    return state.kind === "waiting" ? { run, wait: state.wait } : state.error
  }

  async #begin(data: object, update: Update): Promise<void> {
    await this.#complete(await this.#start(data, update))
  }

  /**
   * Starts the script again as long as its runs end with `talk.again`, and keeps the record of the last run.
   */
  async #complete(first: LiveRun): Promise<void> {
    let last = first
    for (let start = 1; last.state.kind === "again"; start += 1) {
      if (start >= maxStarts) throw endlessLoop(this.form)
      last = await this.#start(last.state.data, this.#ctx.update)
    }
    await this.#keep(last)
  }

  async #start(data: object, update: Update): Promise<LiveRun> {
    const { version } = this.form
    const run = this.#runOf(data, [])
    const segment = this.#segmentOf(update, {})
    return { run, version, state: await run.begin(this.#script(version), segment) }
  }

  async #keep({ run, version, state }: LiveRun): Promise<void> {
    if (state.kind === "failed" || state.kind === "changed") {
      if (!this.#isEndOf(run, state.error)) throw state.error
      return this.#setRecord(undefined)
    }
    if (state.kind !== "waiting") return this.#setRecord(undefined)
    const { timeoutMs } = state.wait
    const dueAt = timeoutMs < Infinity ? Math.ceil(Date.now() + timeoutMs) : undefined
    this.#setRecord({ version, data: run.data, dueAt, segments: run.records })
    if (isDevelopment()) await adviseOnRun(run, this.#ctx, this.#script(version))
  }

  /** Returns whether an error of the script ends the dialog, and is not a failure of the update. */
  #isEndOf(run: ScriptRun, error: unknown): boolean {
    return error instanceof WaitTimeout || (this.form.endsWhenBlocked && run.isBlocked(error))
  }

  #setRecord(record: Omit<ScriptRecord, "generation"> | undefined): void {
    this.#record = record
    this.#isChanged = true
  }

  #runOf(data: object, recorded: readonly SegmentRecord[]): ScriptRun {
    const { form } = this
    const storeSteps = this.#steps.store.bind(this.#steps, this.#runs)
    this.#runs += 1
    // A copy, because a script may change its data.
    const copy = JSON.parse(jsonText("data", data)) as object
    return new ScriptRun({ form, ctx: this.#ctx, data: copy, recorded, storeSteps })
  }

  /** Returns the new segment of the last run. */
  #segmentOf(update: Update, facts: Partial<SegmentRecord>): SegmentRecord {
    const { receivedAt } = handlingOf(this.#ctx)
    // The results of steps of an earlier attempt.
    const steps = Object.entries(this.#steps.of(this.#runs - 1)).map(([key, each]) => [
      key,
      [...each],
    ])
    return { update, receivedAt, ...facts, entries: Object.fromEntries(steps) }
  }

  #script(version: number): AnyScript {
    const script = this.form.scripts.get(version)
    if (script) return script
    throw new TypeError(`Expected a script of version ${version}.`)
  }

  #save(): void {
    const { state } = this.#ctx
    if (!this.#isChanged) return
    this.#steps.clear()
    if (!this.#record) {
      if (this.#text === undefined) return
      state.delete(this.#place.space, this.#place.key)
      return state.cancelTimer(this.#timer)
    }
    const { dueAt } = this.#record
    const generation = crypto.randomUUID()
    state.setText(this.#place, JSON.stringify({ generation, ...this.#record }))
    if (dueAt !== undefined) this.#putTimer(generation, dueAt)
    else if (this.#stored?.dueAt !== undefined) state.cancelTimer(this.#timer)
  }

  #putTimer(generation: string, dueAt: number): void {
    const data: OwnData = { key: this.#place.key, generation, kind: "timeout" }
    const own = { name: spaceOf(this.form), ...originOf(this.#ctx.update), data }
    this.#ctx.state.put(own, { dueAt, timer: this.#timer })
  }

  get #timer(): string {
    return timerOf(this.form, this.#place.key)
  }
}

/** Returns the place in the state where the steps of an update are stored at once. */
function stepsPlace({ update }: Context, { space, key }: StatePlace): StatePlace {
  return { space: `${space} steps`, key: `${key} ${update.update_id}` }
}

function endlessLoop({ name }: ScriptForm): TypeError {
  return new TypeError(
    `The script of the conversation ${name} has begun ${maxStarts} times in one update: let it wait for an ` +
      "answer.",
  )
}
