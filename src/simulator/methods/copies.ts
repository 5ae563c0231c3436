import type { Message } from "../../telegram/types.js"
import { CallError } from "../api/call-error.js"
import type { MessageContent } from "../world/world.js"
import { knownChat, writableChat } from "./chat-argument.js"
import { messageId } from "./message-argument.js"
import { messageOptions } from "./message-options.js"
import type { Call, MethodTable } from "./method.js"
import { captionArgument } from "./text-argument.js"

/** Messages brought from one chat to another. */
export const copyMethods: MethodTable = { forwardMessage, copyMessage }

function forwardMessage(call: Call): Message {
  const where = writableChat(call)
  const original = originalOf(call, "forward")
  const { from, date } = original
  const origin: MessageContent["forward_origin"] =
    from === undefined ? undefined : { type: "user", sender_user: from, date }
  const kept = original.forward_origin ?? origin
  return call.world.writeAs(call.bot, where, {
    ...contentOf(original),
    ...(kept !== undefined && { forward_origin: kept }),
  })
}

function copyMessage(call: Call): { message_id: number } {
  const where = writableChat(call)
  const original = originalOf(call, "copy")
  const { text, entities } = captionArgument(call.args)
  const { message_id } = call.world.writeAs(call.bot, where, {
    ...contentOf(original),
    ...(call.args.has("caption") &&
      original.text === undefined && { caption: text, caption_entities: [...entities] }),
    ...messageOptions(call, where),
  })
  return { message_id }
}

function originalOf(call: Call, verb: string): Message {
  const message = knownChat(call, "from_chat_id").messages.get(messageId(call))
  if (message === undefined) throw CallError.badRequest(`message to ${verb} not found`)
  if (message.has_protected_content === true) {
    throw CallError.badRequest(`message can't be ${verb === "copy" ? "copied" : "forwarded"}`)
  }
  return message
}

// What a message says, without where and when it was said.
function contentOf(message: Message): MessageContent {
  const { message_id: _, from: __, chat: ___, date: ____, ...content } = message
  const { reply_to_message: _____, reply_markup: ______, edit_date: _______, ...kept } = content
  return kept
}
