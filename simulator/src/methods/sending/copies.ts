import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { forwardedFrom, isForwardable, movableContent } from "../../world/forwarding.js"
import { kindOf } from "../../world/posting-rules.js"
import type { MessageContent } from "../../world/world.js"
import { knownChat, writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import { messageId, messageIds } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"
import { captionArgument } from "../text-argument.js"

/** Methods that forward and copy messages. */
export const copyMethods: MethodTable = {
  forwardMessage: (call) => forward(call, source(call, messageId(call), "forward")),
  forwardMessages: (call) => several(call, "forward", forward),
  copyMessage: (call) => withId(copy(call, source(call, messageId(call), "copy"))),
  copyMessages: (call) => several(call, "copy", copy),
}

function forward(call: Call, original: Message): Message {
  return deliver(call, target(call, original), {
    ...movableContent(original),
    ...startOf(call, original),
    ...forwardedFrom(original),
  })
}

function copy(call: Call, original: Message): Message {
  const { caption: _, caption_entities: __, ...bare } = movableContent(original)
  const isNew = call.args.has("caption") && original.text === undefined
  const withoutCaption = isNew || call.args.flag("remove_caption")
  const { text, entities } = captionArgument(call.args)
  return deliver(call, target(call, original), {
    ...(withoutCaption ? bare : movableContent(original)),
    ...startOf(call, original),
    ...(isNew && call.args.flag("show_caption_above_media") && { show_caption_above_media: true }),
    ...(isNew && text !== "" && { caption: text }),
    ...(isNew && entities.length > 0 && { caption_entities: [...entities] }),
  })
}

// The position at which a video starts to play.
function startOf({ args }: Call, { video }: Message): MessageContent {
  const start_timestamp = args.integer("video_start_timestamp", 0, 0, 2 ** 31 - 1)
  return video === undefined || start_timestamp === 0
    ? {}
    : { video: { ...video, start_timestamp } }
}

// Missing messages, and messages that may not be copied, are skipped.
function several(call: Call, verb: string, bring: (call: Call, original: Message) => Message) {
  const from = knownChat(call, "from_chat_id")
  const ids = messageIds(call)
  if (ids.some((id, at) => at > 0 && id <= (ids[at - 1] ?? 0))) {
    throw CallError.badRequest("message identifiers must be in a strictly increasing order")
  }
  const copyable = ids.flatMap((id) => from.messages.get(id) ?? []).filter(isForwardable)
  if (copyable.length === 0) throw CallError.badRequest(`there are no messages to ${verb}`)
  return copyable.map((original) => withId(bring(call, original)))
}

function source(call: Call, id: number, verb: string): Message {
  const message = knownChat(call, "from_chat_id").messages.get(id)
  if (message === undefined) throw CallError.badRequest(`message to ${verb} not found`)
  if (isForwardable(message)) return message
  throw CallError.badRequest(
    verb === "copy" ? "message can't be copied" : "the message can't be forwarded",
  )
}

function target(call: Call, original: Message): Conversation {
  return writableChat(call, kindOf(original))
}

function withId({ message_id }: Message): { message_id: number } {
  return { message_id }
}
