import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import type { EphemeralMessage } from "../../world/ephemeral-messages.js"
import { editableChat } from "../chat-argument.js"
import type { PlacedMessage } from "../message-argument.js"
import type { Call, Method, MethodTable } from "../method.js"
import { editCaption, editMarkup, editMedia, editText } from "./edits.js"

/** Methods for messages of the bot that only one person sees. */
export const ephemeralMethods: MethodTable = {
  editEphemeralMessageText: edits(editText),
  editEphemeralMessageCaption: edits(editCaption),
  editEphemeralMessageMedia: edits(editMedia),
  editEphemeralMessageReplyMarkup: edits(editMarkup),
  deleteEphemeralMessage,
}

function edits(edit: (call: Call, find: (call: Call) => PlacedMessage) => unknown): Method {
  return (call) => edit(call, (named) => ({ ...ownEphemeral(named, "edit"), isInline: true }))
}

function deleteEphemeralMessage(call: Call): true {
  const { where, message } = ownEphemeral(call, "delete")
  call.world.removeEphemeral(where, message)
  return true
}

/** Returns the bot's own message that the parameters name. */
function ownEphemeral(
  call: Call,
  role: string,
): { readonly where: Conversation; readonly message: EphemeralMessage } {
  const where = editableChat(call)
  const id = call.args.integer("ephemeral_message_id", 0, 0, 2 ** 31 - 1)
  if (id === 0) throw CallError.badRequest("message identifier is not specified")
  const message = where.ephemeral.get(id)
  const receiver = Number(call.args.text("receiver_user_id"))
  const isOwn = message?.from.id === call.bot.me.id && message.receiver_user.id === receiver
  if (message === undefined || !isOwn) {
    throw CallError.badRequest(`message to ${role} not found`)
  }
  return { where, message }
}
