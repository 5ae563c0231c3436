import { type BotCall, botCall } from "../../events/index.js"
import type { Advice } from "../../ground/advice.js"
import { idleTimer } from "../../ground/timer.js"
import type { HandlingFacts } from "../../events/announce-handling.js"
import type { HandlingOutcome } from "../../events/index.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"

/** How long after its handlers a press may still be answered, in milliseconds. */
const graceMs = 3_000

/** The handling of an update, as far as the watch asks. */
interface WatchedRun {
  readonly handling: HandlingFacts
  readonly outcome: HandlingOutcome
  /** The handler that was called last. */
  readonly handler: HandlerEntry | undefined
  /** Whether the response to the request answers the press. */
  readonly isAnswered: boolean
}

/** Tells of presses of buttons that their handlers leave unanswered. Listens only while there are any. */
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
    // A handler of every type may have passed the update on to another library, which answers by itself.
    const isOfPresses = handler?.types?.includes("callback_query") === true
    if (!isOpen || isAnswered || outcome !== "done" || !isOfPresses) return
    const line = handler.place?.line
    this.#advice.tell(
      `The handler${line ? ` at ${line}` : " of a button"} has not answered the press: the button shows a ` +
        "clock until it does. Call `ctx.answer()`",
    )
  }
}
