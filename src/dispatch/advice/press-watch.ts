import { type BotCall, botCall } from "../../events/index.js"
import type { Advice } from "../../ground/advice.js"
import { idleTimer } from "../../ground/timer.js"
import type { HandlingFacts } from "../../events/announce-handling.js"
import type { HandlingOutcome } from "../../events/index.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"

/** Milliseconds after the end of its handlers in which a press may still be answered. */
const graceMs = 3_000

/** The facts about a handling that the watch reads. */
interface WatchedRun {
  readonly handling: HandlingFacts
  readonly outcome: HandlingOutcome
  /** The handler that was called last. */
  readonly handler: HandlerEntry | undefined
  /** Whether the response to the request answers the press. */
  readonly isAnswered: boolean
}

/** A watch that logs button presses without an answer. It subscribes to calls only while presses are open. */
export class PressWatch {
  readonly #advice: Advice
  readonly #open = new Set<string>()
  #stop: (() => void) | undefined

  constructor(advice: Advice) {
    this.#advice = advice
  }

  /** Watches a handling that is about to begin. Returns what to call at its end, for a press of a button. */
  begin(run: WatchedRun): (() => void) | undefined {
    const id = run.handling.update.callback_query?.id
    if (id === undefined) return undefined
    this.#open.add(id)
    this.#stop ??= botCall.subscribe((call) => this.#called(call))
    return () => void idleTimer(() => this.#judge(id, run), graceMs)
  }

  #called({ method, params }: BotCall): void {
    if (method !== "answerCallbackQuery" || !params) return
    this.#open.delete(String(Reflect.get(params, "callback_query_id")))
  }

  #judge(id: string, { handler, outcome, isAnswered }: WatchedRun): void {
    const isOpen = this.#open.delete(id)
    if (this.#open.size === 0) {
      this.#stop?.()
      this.#stop = undefined
    }
    // A handler of all types may pass updates to another library, whose calls this watch does not see.
    const isOfPresses = handler?.types?.includes("callback_query") === true
    if (!isOpen || isAnswered || outcome !== "done" || !isOfPresses) return
    const line = handler.place?.line
    this.#advice.tell(
      `The handler${line ? ` at ${line}` : " of a button"} has not answered the press: the button shows a ` +
        "clock until it does. Call `ctx.answer()`",
    )
  }
}
