import { isDeepStrictEqual } from "node:util"
import type { Message, MessageEntity } from "@grammyjs/types"
import { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { withoutReply } from "../world/answered-message.js"
import type { Conversation } from "../world/conversation.js"
import { formatted } from "../world/formatted-text.js"
import { originOf } from "../world/forwarding.js"
import { inTopic } from "../world/forum.js"
import { nestedEntities } from "../world/nested-entities.js"
import type { MessageContent } from "../world/world.js"
import { knownChat } from "./chat-argument.js"
import type { Call } from "./method.js"
import { refuseFields } from "./unsupported-parameters.js"
import { flagField, numberField, requiredNumberField, textField, type Fields } from "./fields.js"
import { objectArgument } from "./json-argument.js"

/** The length of the longest quote, in characters. */
const maxQuote = 1024

/** Returns the part of a message that says which message it replies to. */
export function replyOptions(call: Call, where: Conversation): MessageContent {
  const { args } = call
  const given = replyArgument(args)
  if (given === undefined) {
    const id = args.integer("reply_to_message_id", 0, 0, 2 ** 31)
    return answer(where, id, args.flag("allow_sending_without_reply"))
  }
  if (given["ephemeral_message_id"] !== undefined) return ephemeralReply(call, where, given)
  const id = requiredNumberField(given, "message_id")
  const mayBeAbsent = flagField(given, "allow_sending_without_reply")
  const elsewhere = given["chat_id"] === undefined ? where : chatOf(call, given)
  const message = elsewhere.messages.get(id)
  const more =
    message === undefined ? {} : { ...quoteIn(given, message), ...option(given, message) }
  if (elsewhere !== where) return { ...externalReply(elsewhere, id), ...more }
  return { ...answer(where, id, mayBeAbsent), ...more }
}

/** Returns the checked `reply_parameters`; `undefined` without any. */
export function replyArgument(args: Arguments): Fields | undefined {
  const given = objectArgument(args, "reply_parameters", "reply parameters")
  if (given === undefined || Object.keys(given).length === 0) return undefined
  refuseFields(given, "ReplyParameters")
  textField(given, "chat_id")
  if (given["ephemeral_message_id"] === undefined) requiredNumberField(given, "message_id")
  flagField(given, "allow_sending_without_reply")
  for (const name of ["quote", "quote_parse_mode"]) textField(given, name)
  numberField(given, "quote_position")
  return given
}

function answer(where: Conversation, id: number, mayBeAbsent: boolean): MessageContent {
  if (id === 0) return {}
  const message = where.messages.get(id)
  if (message !== undefined) {
    const thread = message.message_thread_id
    const topic = thread !== undefined && message.is_topic_message ? inTopic(thread) : {}
    return { ...topic, reply_to_message: withoutReply(message) }
  }
  if (mayBeAbsent) return {}
  throw CallError.badRequest("message to be replied not found")
}

function quoteIn(given: Fields, message: Message): MessageContent {
  const mode = textField(given, "quote_parse_mode")
  const explicit = mode === "" ? given["quote_entities"] : undefined
  const quote = formatted(textField(given, "quote"), mode, explicit)
  const { text } = quote
  if (text === "") return {}
  const whole = message.text ?? message.caption ?? ""
  const position = nearest(whole, text, Number(given["quote_position"] ?? 0))
  // Links divide formatting, and a part of a link is none.
  const joined = (list: readonly MessageEntity[]) => nestedEntities(text, list, [])
  const entities = joined(quote.entities.filter(isKept))
  const original = message.entities ?? message.caption_entities ?? []
  const isExact = isDeepStrictEqual(entities, joined(within(original, position, text.length)))
  // The documentation states the limit; no source states another error for it.
  const isShort = [...text].length <= maxQuote
  if (position < 0 || !isExact || !isShort) throw CallError.badRequest("QUOTE_TEXT_INVALID")
  return { quote: { text, ...(entities.length > 0 && { entities }), position, is_manual: true } }
}

// The entities that a quote keeps; it has to have the same as the quoted text.
const kept = new Set<MessageEntity["type"]>([
  ...(["bold", "italic", "underline", "strikethrough", "spoiler"] as const),
  ...(["custom_emoji", "date_time"] as const),
])

function isKept({ type }: MessageEntity): boolean {
  return kept.has(type)
}

/** Returns where a part is in a text: of several places, the nearest to a position. */
function nearest(text: string, part: string, position: number): number {
  let best = text.indexOf(part)
  for (let at = best; at !== -1; at = text.indexOf(part, at + 1)) {
    if (Math.abs(at - position) < Math.abs(best - position)) best = at
  }
  return best
}

/** Returns the entities in a part of a text, with offsets in that part. */
function within(
  entities: readonly MessageEntity[],
  start: number,
  length: number,
): MessageEntity[] {
  return entities.filter(isKept).flatMap((entity) => {
    const offset = Math.max(0, entity.offset - start)
    const end = Math.min(length, entity.offset + entity.length - start)
    return end > offset ? [{ ...entity, offset, length: end - offset }] : []
  })
}

function option(given: Fields, { poll }: Message): MessageContent {
  const id = textField(given, "poll_option_id")
  if (id === "") return {}
  if (poll?.options.some(({ persistent_id }) => persistent_id === id)) {
    return { reply_to_poll_option_id: id }
  }
  throw CallError.badRequest("the poll option to be replied not found")
}

function externalReply(elsewhere: Conversation, id: number): MessageContent {
  const message = elsewhere.messages.get(id)
  if (message === undefined) throw CallError.badRequest("message to be replied not found")
  const { chat } = elsewhere
  const isPrivate = chat.type === "private"
  return {
    external_reply: {
      origin: message.forward_origin ?? originOf(message),
      ...(!isPrivate && { chat, message_id: id }),
      ...shownElsewhere(message),
    },
  }
}

// The content of a message that a reply in another chat shows, next to the quote.
const shownFields = [
  ...(["link_preview_options", "animation", "audio", "document", "photo", "sticker"] as const),
  ...(["video", "video_note", "voice", "has_media_spoiler", "contact", "dice", "game"] as const),
  ...(["invoice", "location", "poll", "venue"] as const),
]

function shownElsewhere(message: Message): Partial<Message> {
  const present = shownFields.filter((name) => message[name] !== undefined)
  return Object.fromEntries(present.map((name) => [name, message[name]]))
}

function ephemeralReply({ args, bot }: Call, where: Conversation, given: Fields): MessageContent {
  const message = where.ephemeral.get(Number(given["ephemeral_message_id"]))
  if (message?.receiver_user.id !== bot.me.id) {
    throw CallError.badRequest("message to be replied not found")
  }
  if (args.text("ephemeral_message_parameters") === "") {
    throw CallError.badRequest("a reply to an ephemeral message must be an ephemeral message")
  }
  return { reply_to_message: withoutReply(message), ...quoteIn(given, message) }
}

function chatOf(call: Call, given: Fields): Conversation {
  const args = new Arguments()
  args.add("chat_id", String(given["chat_id"]))
  return knownChat({ ...call, args })
}
