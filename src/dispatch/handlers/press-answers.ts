import { closePress, openPress } from "../../bot/open-presses.js"
import { errorText } from "../../ground/error-text.js"
import { offerResponse } from "../context/respond.js"
import { isQueryTooOld } from "../context/too-old.js"
import { isAnswerable, isUnmatchedPress } from "./unmatched-press.js"
import type { UpdateRun } from "./update-run.js"

/** The answer to a press of a button that no handler can handle. */
const unmatchedText = "This button is too old."

/** The time limit of an answer, in milliseconds. The next update of the lane waits for the answer. */
const timeoutMs = 5_000

/** Records that a press has no answer yet. */
export function expectPressAnswer({ handling: { bot, update } }: UpdateRun): void {
  const id = update.callback_query?.id
  if (id !== undefined) openPress(bot.id, id)
}

/**
 * Answers a press that no handler has answered, so that its button no longer shows a progress bar. Never
 * rejects. Does not answer an update that is handled again, or an update that only a middleware has handled:
 * another library behind the middleware may make its own calls.
 */
export async function answerPress(run: UpdateRun, log: (message: string) => void): Promise<void> {
  const { handling, isHandedBack, failure } = run
  const { bot, update } = handling
  const id = update.callback_query?.id
  if (id === undefined || !closePress(bot.id, id) || handling.isAnswered) return
  if (isHandedBack || failure?.next === "retry" || !isAnswerable(run)) return
  const params = { callback_query_id: id, ...(isUnmatchedPress(run) && { text: unmatchedText }) }
  try {
    if (handling.isCommittable && offerResponse(handling, "answerCallbackQuery", params)) return
    await bot.answerCallbackQuery(params, { timeoutMs })
  } catch (error) {
    if (isQueryTooOld(error)) return
    log(`Could not answer the press of update ${update.update_id}: ${errorText(error)}`)
  }
}
