import type { Context } from "../dispatch/context/context.js"
import {
  type ConversationForm,
  type EventHandler,
  expectState,
  type OwnData,
} from "./conversation-form.js"
import type { Dialog } from "./dialog.js"
import { type Frame, newFrame } from "./stored-dialog.js"

/** The members of an {@link OpenDialog} that its views use. */
interface SharedDialog {
  frame: Frame | undefined
  readonly dueAt: number | undefined
  readonly isRolledBack: boolean
  endAfterFailure(): void
  onFailure(): void
  settle(ctx: Context): Promise<void>
  onOwn(ctx: Context, data: OwnData, onTimeout: Iterable<EventHandler>): Promise<void>
}

/** The dialog of one conversation, as its handlers see it: the outermost dialog, or one that was called. */
export class DialogView implements Dialog {
  readonly #shared: SharedDialog | undefined
  readonly #depth: number
  readonly #form: ConversationForm

  /**
   * @param shared `undefined` for an update that can belong to no dialog
   * @param depth the number of dialogs around this one
   */
  constructor(shared: SharedDialog | undefined, depth: number, form: ConversationForm) {
    this.#shared = shared
    this.#depth = depth
    this.#form = form
  }

  get state(): string | undefined {
    return this.#frame?.state
  }

  get data(): object {
    return this.#expectOpen().data
  }

  set data(data: object) {
    this.#expectOpen().data = data
  }

  get dueAt(): Date | undefined {
    const dueAt = this.#shared?.dueAt
    return dueAt === undefined ? undefined : new Date(dueAt)
  }

  /** Whether a dialog can be opened for the update. */
  get isPossible(): boolean {
    return this.#shared !== undefined
  }

  /** The state whose handlers get updates; `undefined` for none, as while a called dialog is open. */
  get answering(): string | undefined {
    return this.#frame?.called ? undefined : this.state
  }

  enter(state: string, data?: object): void {
    const frame = newFrame(this.#form, expectState(this.#form, state), data)
    const shared = this.#expectRunning()
    if (this.#depth === 0) shared.frame = frame
    else this.#expectCaller().called = frame
  }

  to(state: string): void {
    this.#expectRunning()
    const frame = this.#expectOpen()
    const [from, next] = [frame.state, expectState(this.#form, state)]
    const following = this.#form.transitions.get(from)
    if (following && next !== from && !following.includes(next)) {
      throw new TypeError(
        `Expected a state that may follow ${from}, got ${JSON.stringify(next)}: add it to \`transitions\`.`,
      )
    }
    frame.state = next
    frame.isEntering = true
    frame.called = undefined
  }

  end(result?: unknown): void {
    const shared = this.#shared
    if (!shared || !this.#frame) return
    if (shared.isRolledBack) return shared.endAfterFailure()
    if (this.#depth === 0) shared.frame = undefined
    else {
      const caller = this.#expectCaller()
      caller.called = undefined
      caller.returned = { form: this.#form, result }
    }
  }

  call(conversation: { readonly name: string }, state: string, data?: object): void {
    this.#expectRunning()
    const frame = this.#expectOpen()
    const called = this.#form.called.get(conversation.name)
    if (!called) {
      throw new TypeError(
        `Expected a conversation that ${this.#form.name} may call, got ${conversation.name}: register the end ` +
          "of the call with `returned`.",
      )
    }
    frame.called = newFrame(called.form, expectState(called.form, state), data)
  }

  /** Ends the handling of an update by this dialog's handlers. */
  async settle(ctx: Context): Promise<void> {
    await this.#shared?.settle(ctx)
  }

  /** Ends the dialog after a failure of its time-out. */
  onFailure(): void {
    this.#shared?.onFailure()
  }

  /** Handles an own update of the conversation: a time-out, or an entry outside of handlers. */
  async onOwn(ctx: Context, data: OwnData, onTimeout: Iterable<EventHandler>): Promise<void> {
    await this.#shared?.onOwn(ctx, data, onTimeout)
  }

  /** Returns the view of the dialog that this one has called, for handlers of the called conversation. */
  ofCalled(form: ConversationForm): DialogView {
    return new DialogView(this.#shared, this.#depth + 1, form)
  }

  get #frame(): Frame | undefined {
    const frame = this.#frameAt(this.#depth)
    return frame?.form === this.#form ? frame : undefined
  }

  #frameAt(depth: number): Frame | undefined {
    let frame = this.#shared?.frame
    for (let each = 0; each < depth; each += 1) frame = frame?.called
    return frame
  }

  #expectCaller(): Frame {
    const caller = this.#frameAt(this.#depth - 1)
    if (caller) return caller
    throw new TypeError(`Expected an open dialog that has called ${this.#form.name}.`)
  }

  #expectOpen(): Frame {
    const frame = this.#frame
    if (frame) return frame
    throw new TypeError(
      `Expected an open dialog of the conversation ${this.#form.name}: call \`ctx.dialog.enter\` first.`,
    )
  }

  #expectRunning(): SharedDialog {
    const shared = this.#shared
    if (!shared) {
      throw new TypeError(`Expected an update with the key of the conversation ${this.#form.name}.`)
    }
    if (!shared.isRolledBack) return shared
    throw new TypeError(
      "Expected a running handler: its failure has undone its changes, and an error handler can only end the " +
        "dialog.",
    )
  }
}

/** Returns the dialog of a context that a conversation has derived. */
export function dialogOf(ctx: Context & { readonly dialog?: unknown }): DialogView {
  if (ctx.dialog instanceof DialogView) return ctx.dialog
  throw new TypeError("Expected the context of a conversation's handlers.")
}
