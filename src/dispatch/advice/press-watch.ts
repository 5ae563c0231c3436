import { type BotCall, botCall } from "../../events/index.js"
import type { AdviceLog } from "../../ground/advice-log.js"
import { idleTimer } from "../../ground/timer.js"
import type { HandlingFacts } from "../../events/announce-handling.js"
import type { HandlingOutcome } from "../../events/index.js"
import type { HandlerEntry } from "../handlers/handler-entry.js"
import type { HandlerPlan } from "../handlers/handler-plan.js"
import { adviseOnUnmatchedPress } from "./unmatched-press-advice.js"

/** Milliseconds after the end of the handlers until a press without an answer is logged. */
const graceMs = 3_000

/** The members of an `UpdateRun` that the watch needs. */
interface WatchedRun {
  readonly handling: HandlingFacts
  readonly outcome: HandlingOutcome
  /** The handler that was called last; `undefined` if none matched. */
  readonly handler: HandlerEntry | undefined
  /** Whether the HTTP response to the webhook request carries the answer to the press. */
  readonly isAnswered: boolean
  /** Whether the press has reached a handler that is not only a middleware, or has failed. */
  readonly hasReachedHandler: boolean
  readonly plan: Pick<HandlerPlan, "handlers">
}

/**
 * A watch that logs handlers that leave a press unanswered, presses that reach no handler, and presses that have
 * lost their chat. The watch listens to the bot's calls only while there are unanswered presses.
 */
export class PressWatch {
  readonly #advice: AdviceLog
  /** The ids of the callback queries without an answer. */
  readonly #unanswered = new Set<string>()
  #stopListening: (() => void) | undefined

  constructor(advice: AdviceLog) {
    this.#advice = advice
  }

  /**
   * Watches the handling of an update that is about to start. Returns a function to call at its end;
   * `undefined` for an update that is not a press of a button, and for a retry: an earlier attempt may have
   * answered the press, even in another process.
   */
  watch(run: WatchedRun): (() => void) | undefined {
    const { update, attempt } = run.handling
    const id = update.callback_query?.id
    if (id === undefined || attempt > 1) return undefined
    this.#logIfWithoutChat(run.handling)
    this.#unanswered.add(id)
    this.#stopListening ??= botCall.subscribe((call) => this.#onCall(call))
    return () => {
      this.#logIfUnmatched(run)
      idleTimer(() => this.#logIfUnanswered(id, run), graceMs)
    }
  }

  #logIfUnmatched({ handling, outcome, hasReachedHandler, plan }: WatchedRun): void {
    const data = handling.update.callback_query?.data
    const isUnmatched = !hasReachedHandler && (outcome === "done" || outcome === "unmatched")
    if (isUnmatched && data !== undefined) adviseOnUnmatchedPress(data, plan, this.#advice)
  }

  #onCall({ method, params }: BotCall): void {
    if (method !== "answerCallbackQuery" || !params) return
    this.#unanswered.delete(String(Reflect.get(params, "callback_query_id")))
  }

  /**
   * Logs a press that has lost its chat. Telegram does not show the bot's `callback_query_mode`. But a bot
   * without inline mode sends no inline messages, so a press with the id of an inline message reveals that
   * this mode is not `default`.
   */
  #logIfWithoutChat({ update, bot }: WatchedRun["handling"]): void {
    const isInline = update.callback_query?.inline_message_id !== undefined
    if (!isInline || bot.me?.supports_inline_queries !== false) return
    this.#advice.warnOnce(
      "A press of a button came without its chat, because the bot's callback_query_mode is not `default`: such " +
        "presses are in the lane of their user, no longer in order with the messages of their group, and " +
        'have no `ctx.chat`. Call `setMySettings({ callback_query_mode: "default" })`',
    )
  }

  #logIfUnanswered(id: string, { handler, outcome, isAnswered }: WatchedRun): void {
    const isUnanswered = this.#unanswered.delete(id)
    if (this.#unanswered.size === 0) {
      this.#stopListening?.()
      this.#stopListening = undefined
    }
    // A middleware for all types may have passed the update to another library, which makes its own calls.
    const isForPresses = handler?.types?.includes("callback_query") === true
    if (!isUnanswered || isAnswered || outcome !== "done" || !isForPresses) return
    const line = handler.place?.line
    this.#advice.warnOnce(
      `The handler${line ? ` at ${line}` : " of a button"} has not answered the press: the button shows a ` +
        "progress bar until it is answered. Call `ctx.answer()`",
    )
  }
}
