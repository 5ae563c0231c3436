import { closePress, openPress } from "../../bot/open-presses.js"
import { errorText } from "../../ground/error-text.js"
import { offerResponse } from "../context/respond.js"
import { isQueryTooOld } from "../context/too-old.js"
import { isAnswerable, isUntakenPress } from "./untaken-press.js"
import type { UpdateRun } from "./update-run.js"

/** The answer to a press of a button that no handler can handle. */
const untakenText = "This button is too old."

/** The time limit of an answer, in milliseconds: the next update of the lane waits for it. */
const timeoutMs = 5_000

/** Notes that a press has no answer yet. */
export function expectPressAnswer({ handling: { bot, update } }: UpdateRun): void {
  const id = update.callback_query?.id
  if (id !== undefined) openPress(bot.id, id)
}

/**
 * Answers a press that no handler has answered, so that its button shows no progress bar any longer. Never
 * rejects. An update that is handled again is not answered, and neither is one that only a middleware has handled:
 * another library behind it may make its own calls.
 */
export async function answerPress(run: UpdateRun, log: (message: string) => void): Promise<void> {
  const { handling, isHandedBack, failure } = run
  const { bot, update } = handling
  const id = update.callback_query?.id
  if (id === undefined || !closePress(bot.id, id) || handling.isAnswered) return
  if (isHandedBack || failure?.next === "retry" || !isAnswerable(run)) return
  const params = { callback_query_id: id, ...(isUntakenPress(run) && { text: untakenText }) }
  try {
    if (handling.isCommittable && offerResponse(handling, "answerCallbackQuery", params)) return
    await bot.answerCallbackQuery(params, { timeoutMs })
  } catch (error) {
    if (isQueryTooOld(error)) return
    log(`Could not answer the press of update ${update.update_id}: ${errorText(error)}`)
  }
}
