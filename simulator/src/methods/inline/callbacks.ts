import { CallError } from "../../ground/call-error.js"
import type { Call, MethodTable } from "../method.js"

/** The method that answers button presses. */
export const callbackMethods: MethodTable = { answerCallbackQuery }

const maxText = 200

function answerCallbackQuery({ bot, args, world }: Call): true {
  const text = args.text("text")
  if (text.length > maxText) throw CallError.badRequest("MESSAGE_TOO_LONG")
  const url = args.text("url")
  const answer = { text, showAlert: args.flag("show_alert"), ...(url !== "" && { url }) }
  const queryId = args.text("callback_query_id")
  if (!world.callbackQueries.answer(queryId, bot.me.id, answer)) throw tooOld()
  world.changes.announce({ kind: "callback", queryId, bot, answer })
  return true
}

/** Returns the error 400 for a query that has expired. */
export function tooOld(): CallError {
  return CallError.badRequest(
    "query is too old and response timeout expired or query ID is invalid",
  )
}
