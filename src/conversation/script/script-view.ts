import type { Context } from "../../dispatch/context/context.js"
import { Unhandleable } from "../../dispatch/handlers/unhandleable.js"
import { jsonText } from "../../ground/json-text.js"
import type { OwnData } from "../conversation-form.js"
import { ConversationChanged } from "./conversation-changed.js"
import type { OpenScript, WaitingRun } from "./open-script.js"
import type { ScriptDialog } from "./script-dialog.js"
import { type Checked, checkAnswer } from "./wait.js"

/** The meaning of an update for a dialog, if no handler around the script has handled the update. */
type Verdict =
  /** The answer that the script waits for. */
  | { readonly kind: "answer"; readonly waiting: WaitingRun; readonly output: unknown }
  /** An update that is not an answer. */
  | { readonly kind: "other"; readonly waiting: WaitingRun; readonly checked: Checked }
  /** An update of a dialog that does not fit its script. */
  | { readonly kind: "changed"; readonly error: ConversationChanged }
  /** An update of no dialog. */
  | { readonly kind: "none" }

/** The dialog of an update, as the handlers around its script see it. */
export class ScriptView implements ScriptDialog {
  readonly #name: string
  readonly #open: OpenScript | undefined
  readonly #ctx: Context
  #verdict: Promise<Verdict> | undefined
  /** Whether {@link endChanged} was called. */
  hasEndedChanged = false

  /** @param open `undefined` for an update that can belong to no dialog */
  constructor(name: string, ctx: Context, open: OpenScript | undefined) {
    this.#name = name
    this.#ctx = ctx
    this.#open = open
  }

  get isOpen(): boolean {
    return this.#open?.isOpen ?? false
  }

  get data(): object {
    const data = this.#open?.data
    if (data) return data
    throw new TypeError(`Expected an open dialog of the conversation ${this.#name}.`)
  }

  get dueAt(): Date | undefined {
    const dueAt = this.#open?.dueAt
    return dueAt === undefined ? undefined : new Date(dueAt)
  }

  /** Whether a dialog can be opened for the update. */
  get isPossible(): boolean {
    return this.#open !== undefined
  }

  enter(data?: object): void {
    const open = this.#open
    if (!open) {
      throw new TypeError(`Expected an update with the key of the conversation ${this.#name}.`)
    }
    if (open.isRolledBack) {
      throw new TypeError("Expected a running handler: an error handler can only end the dialog.")
    }
    open.enter(data)
  }

  end(): void {
    const open = this.#open
    if (open?.isRolledBack) open.endAfterFailure()
    else if (this.isOpen) open?.end()
  }

  /** Resolves with `"answer"` if the script waits for the update. */
  async answering(): Promise<"answer" | undefined> {
    return (await this.#judge()).kind === "answer" ? "answer" : undefined
  }

  /** Resolves with the handling of an update that is not an answer. */
  async afterwards(): Promise<"otherwise" | "restart" | "end" | "setAside" | undefined> {
    const verdict = await this.#judge()
    if (!this.isOpen) return undefined
    if (verdict.kind === "changed") return this.#open?.form.onChanged
    return verdict.kind === "other" && verdict.waiting.wait.otherwise ? "otherwise" : undefined
  }

  /** Ends a dialog that does not fit its script. */
  endChanged(): void {
    this.hasEndedChanged = true
    this.end()
  }

  /** Continues the script with the update. */
  async answer(): Promise<void> {
    const verdict = await this.#judge()
    if (verdict.kind !== "answer") return
    const { waiting, output } = verdict
    await this.#open?.answer(waiting, isJson(output) ? { output } : {})
  }

  /** Calls the function of the wait for an update that is not an answer. */
  async otherwise(ctx: Context): Promise<void> {
    const verdict = await this.#judge()
    if (verdict.kind !== "other") return
    await verdict.waiting.wait.otherwise?.(ctx, verdict.checked.issues ?? [])
  }

  /** Begins the script again. */
  async restart(): Promise<void> {
    await this.#open?.restart()
  }

  /** Throws the error that sets the update aside. */
  async setAside(): Promise<void> {
    const verdict = await this.#judge()
    if (verdict.kind === "changed") throw unhandleable(verdict.error)
  }

  /** Handles an own update of the conversation. */
  async onOwn(data: OwnData): Promise<void> {
    try {
      await this.#open?.onOwn(data)
    } catch (error) {
      throw error instanceof ConversationChanged ? unhandleable(error) : error
    }
  }

  /** Ends the handling of an update by this dialog's handlers. */
  async settle(): Promise<void> {
    await this.#open?.settle()
  }

  /** Ends the dialog after a failure of its time-out. */
  onFailure(): void {
    this.#open?.onFailure()
  }

  #judge(): Promise<Verdict> {
    return (this.#verdict ??= this.#judgeOnce())
  }

  async #judgeOnce(): Promise<Verdict> {
    const waiting = await this.#open?.waiting()
    if (!waiting) return { kind: "none" }
    if (waiting instanceof ConversationChanged) return { kind: "changed", error: waiting }
    const checked = await checkAnswer(waiting.wait, this.#ctx.update)
    if (checked.issues) return { kind: "other", waiting, checked }
    return { kind: "answer", waiting, output: checked.output }
  }
}

/** Returns the dialog of a context that a conversation has derived. */
export function scriptOf(ctx: Context & { readonly dialog?: unknown }): ScriptView {
  if (ctx.dialog instanceof ScriptView) return ctx.dialog
  throw new TypeError("Expected the context of a conversation's handlers.")
}

function unhandleable(error: ConversationChanged): Unhandleable {
  const choice = "deploy a script that fits, keep the former one in `formerVersions`, or choose"
  const message = `${error.message}: ${choice} \`onChanged\``
  return new Unhandleable(message, { cause: error })
}

/** Returns whether the output of a schema can be stored. Other outputs are computed again. */
function isJson(output: unknown): boolean {
  try {
    return output !== undefined && jsonText("output", output) !== ""
  } catch {
    return false
  }
}
