import { CallError } from "../../ground/call-error.js"
import { writableChat } from "../chat-argument.js"
import { threadOf } from "../message-options.js"
import type { Call, MethodTable } from "../method.js"

/** The method that shows an action of the bot, such as typing. */
export const actionMethods: MethodTable = { sendChatAction }

const actions = new Set(
  (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document " +
    "choose_sticker find_location record_video_note upload_video_note record_audio upload_audio"
  ).split(" "),
)

function sendChatAction(call: Call): true {
  const where = writableChat(call)
  threadOf(call, where)
  const action = call.args.text("action").toLowerCase()
  if (!actions.has(action)) throw CallError.badRequest("wrong parameter action in request")
  call.world.changes.announce({ kind: "action", where, bot: call.bot, action })
  return true
}
