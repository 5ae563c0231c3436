import { isDeepStrictEqual } from "node:util"
import type { Message } from "../../telegram/types.js"
import { CallError } from "../api/call-error.js"
import { unixTime } from "../environment.js"
import { writableChat } from "./chat-argument.js"
import { markupArgument } from "./markup-argument.js"
import { messageId, ownMessage, type PlacedMessage } from "./message-argument.js"
import type { Call, MethodTable } from "./method.js"
import { captionArgument, textArgument } from "./text-argument.js"

/** What a bot does to messages that are there. */
export const editMethods: MethodTable = {
  editMessageText,
  editMessageCaption,
  editMessageReplyMarkup,
  deleteMessage,
  deleteMessages,
}

const secondsUntilTooOld = 48 * 3600

function editMessageText(call: Call): Message {
  const { text, entities } = textArgument(call.args)
  const placed = ownMessage(call)
  if (placed.message.text === undefined) {
    throw CallError.badRequest("there is no text in the message to edit")
  }
  const { entities: _, reply_markup: __, ...rest } = placed.message
  const changed = { ...rest, text, ...(entities.length > 0 && { entities: [...entities] }) }
  return replace(call, placed, changed)
}

function editMessageCaption(call: Call): Message {
  const { text, entities } = captionArgument(call.args)
  const placed = ownMessage(call)
  const isMedia = placed.message.photo !== undefined || placed.message.document !== undefined
  if (!isMedia) throw CallError.badRequest("there is no caption in the message to edit")
  const { caption: _, caption_entities: __, reply_markup: ___, ...rest } = placed.message
  return replace(call, placed, {
    ...rest,
    ...(text !== "" && { caption: text }),
    ...(entities.length > 0 && { caption_entities: [...entities] }),
  })
}

function editMessageReplyMarkup(call: Call): Message {
  const placed = ownMessage(call)
  const { reply_markup: _, ...rest } = placed.message
  return replace(call, placed, rest)
}

function replace(call: Call, { where, message }: PlacedMessage, changed: Message): Message {
  const markup = markupArgument(call.args)
  const next = { ...changed, ...(markup !== undefined && { reply_markup: markup }) }
  if (isDeepStrictEqual(withoutEditDate(next), withoutEditDate(message))) {
    throw CallError.badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    )
  }
  return call.world.edit(where, { ...next, edit_date: unixTime(call.world.environment) })
}

function withoutEditDate(message: Message): object {
  const { edit_date: _, ...rest } = message
  return rest
}

function deleteMessage(call: Call): true {
  const where = writableChat(call)
  const message = where.messages.get(messageId(call))
  if (message === undefined) throw CallError.badRequest("message to delete not found")
  const isTooOld = message.date + secondsUntilTooOld < unixTime(call.world.environment)
  const isOthers = message.from?.id !== call.bot.me.id && where.chat.type !== "private"
  if (isTooOld || isOthers) throw CallError.badRequest("message can't be deleted")
  call.world.remove(where, message.message_id)
  return true
}

function deleteMessages(call: Call): true {
  const where = writableChat(call)
  const ids: unknown = call.args.json("message_ids")
  if (!Array.isArray(ids) || ids.length === 0) {
    throw CallError.badRequest("message identifiers are not specified")
  }
  for (const id of ids) call.world.remove(where, Number(id))
  return true
}
