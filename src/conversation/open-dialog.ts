import type { Context } from "../dispatch/context/context.js"
import { derivedContext } from "../dispatch/context/derived-context.js"
import { originOf } from "../dispatch/context/own-origin.js"
import type { StatePlace, UpdateState } from "../dispatch/context/update-state.js"
import { Forbidden } from "../telegram/errors.js"
import {
  type ConversationForm,
  type EventHandler,
  type OwnData,
  spaceOf,
  timerOf,
} from "./conversation-form.js"
import { DialogView } from "./dialog-view.js"
import { dialogText, type Frame, parseDialog, type StoredDialog } from "./stored-dialog.js"

/** The largest number of entered states and results in one update. More of them are an endless loop. */
const maxSteps = 100

/** The dialog of one update, with the dialogs that it has called. */
export class OpenDialog {
  readonly form: ConversationForm
  readonly #ctx: Context
  readonly #state: UpdateState
  readonly #place: StatePlace
  readonly #text: string | undefined
  readonly #stored: StoredDialog | undefined
  /** The outermost dialog; `undefined` for none. */
  frame: Frame | undefined
  #hasEntered = false
  /** Whether the update is the time-out of the dialog. */
  #isTimedOut = false
  /** Whether the stored dialog stays unchanged. */
  #isUnchanged = false

  private constructor(
    form: ConversationForm,
    ctx: Context,
    place: StatePlace,
    text: string | undefined,
  ) {
    this.form = form
    this.#ctx = ctx
    this.#state = ctx.state
    this.#place = place
    this.#text = text
    this.#stored = text === undefined ? undefined : parseDialog(form, text)
    this.frame = this.#stored?.frame
  }

  /** Reads a dialog. Rejects with an `Unhandleable` if this program cannot read the stored form. */
  static async read(form: ConversationForm, ctx: Context, place: StatePlace): Promise<OpenDialog> {
    const [text] = await ctx.state.readTexts([place])
    return new OpenDialog(form, ctx, place, text)
  }

  /** The time of the stored time-out, in milliseconds since 1970. */
  get dueAt(): number | undefined {
    return this.frame && this.#stored?.dueAt
  }

  /** Whether the writes of the handlers were dropped: an error handler runs. */
  get isRolledBack(): boolean {
    return this.#ctx.state !== this.#state
  }

  /** Handles an own update of the conversation: a time-out, or an entry outside of handlers. */
  async onOwn(ctx: Context, own: OwnData, onTimeout: Iterable<EventHandler>): Promise<void> {
    const { frame } = this
    if (!frame) return
    // With another generation, an answer came first, or the dialog is a new one.
    this.#isUnchanged = this.#stored?.generation !== own.generation
    if (this.#isUnchanged) return
    if (own.kind === "enter") {
      frame.isEntering = true
      return
    }
    this.#isTimedOut = true
    await this.#run(onTimeout, ctx)
    if (this.frame === frame && !frame.isEntering) this.frame = undefined
  }

  /** Ends the dialog after a failure of its time-out, because no other update would end it. */
  onFailure(): void {
    if (this.#isTimedOut) this.endAfterFailure()
  }

  /** Ends the dialog after a failure of its handlers. */
  endAfterFailure(): void {
    this.frame = undefined
    this.#delete()
  }

  /** Calls the functions of entered states and of results, and writes the dialog with the end of the update. */
  async settle(ctx: Context): Promise<void> {
    if (this.#isUnchanged) return
    for (let steps = 0; await this.#step(ctx); steps += 1) {
      if (steps < maxSteps) continue
      throw new TypeError(
        `The conversation ${this.form.name} has entered ${maxSteps} states in one update: let one of them wait ` +
          "for an answer.",
      )
    }
    this.#save()
  }

  /** Calls a function, and ends the dialog if the user has blocked the bot and the conversation says so. */
  async #run(handlers: Iterable<EventHandler>, ctx: Context, result?: unknown): Promise<void> {
    try {
      for (const handler of handlers) await handler(ctx, result)
    } catch (error) {
      if (!this.form.endsWhenBlocked || !(error instanceof Forbidden)) throw error
      this.frame = undefined
    }
  }

  /**
   * Calls the functions of the next entered state or result, from the outermost dialog on. Resolves with false if no
   * call is pending.
   */
  async #step(ctx: Context): Promise<boolean> {
    let depth = 0
    for (let frame = this.frame; frame; frame = frame.called, depth += 1) {
      const { form, returned, isEntering, state } = frame
      if (!returned && !isEntering) continue
      const dialog = new DialogView(this, depth, form)
      const within = depth === 0 ? ctx : derivedContext(ctx, { dialog })
      if (returned) {
        frame.returned = undefined
        await this.#run(
          form.called.get(returned.form.name)?.returned ?? [],
          within,
          returned.result,
        )
      } else {
        frame.isEntering = false
        this.#hasEntered = true
        await this.#run(form.entering.get(state) ?? [], within)
      }
      return true
    }
    return false
  }

  #save(): void {
    const { frame } = this
    if (!frame) return this.#delete()
    const isTimed = this.form.timeoutMs < Infinity
    // A new generation cancels an entry outside of handlers that was not handled yet.
    const known = isTimed || this.#hasEntered ? undefined : this.#stored?.generation
    const generation = known ?? crypto.randomUUID()
    const dueAt = isTimed ? Math.ceil(Date.now() + this.form.timeoutMs) : undefined
    const text = dialogText({ frame, generation, dueAt })
    if (text === this.#text) return
    this.#state.setText(this.#place, text)
    if (dueAt !== undefined) this.#putTimer(generation, dueAt)
    else if (this.#stored?.dueAt !== undefined) this.#state.cancelTimer(this.#timer)
  }

  #delete(): void {
    const { state } = this.#ctx
    if (this.#text === undefined) return
    state.delete(this.#place.space, this.#place.key)
    state.cancelTimer(this.#timer)
  }

  #putTimer(generation: string, dueAt: number): void {
    const data: OwnData = { key: this.#place.key, generation, kind: "timeout" }
    const own = { name: spaceOf(this.form), ...originOf(this.#ctx.update), data }
    this.#state.put(own, { dueAt, timer: this.#timer })
  }

  get #timer(): string {
    return timerOf(this.form, this.#place.key)
  }
}
