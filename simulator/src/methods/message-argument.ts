import type { Message } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import type { Conversation } from "../world/conversation.js"
import { hasRight } from "../world/members.js"
import { editableChat } from "./chat-argument.js"
import { ownStatus } from "./member-argument.js"
import type { Call } from "./method.js"
import { arrayArgument } from "./json-argument.js"

/** A message and its chat. */
export interface PlacedMessage {
  readonly where: Conversation
  readonly message: Message
  /** Whether the message was sent in inline mode; then the bot does not know its chat. */
  readonly isInline: boolean
}

/** Returns the bot's own message that `chat_id` and `message_id`, or `inline_message_id`, name. */
export function ownMessage(call: Call): PlacedMessage {
  if (call.args.text("inline_message_id") !== "") return inlineMessage(call)
  const where = editableChat(call)
  const message = where.messages.get(messageId(call))
  if (message === undefined) throw CallError.badRequest("message to edit not found")
  if (!isOwn(call, where, message)) throw CallError.badRequest("message can't be edited")
  return { where, message, isInline: false }
}

/**
 * Returns the message of a chat that `message_id` names.
 * @param role the noun in the error, as in "message to pin not found"
 */
export function messageIn(call: Call, where: Conversation, role: string): Message {
  const message = where.messages.get(messageId(call))
  if (message === undefined) throw CallError.badRequest(`message to ${role} not found`)
  return message
}

/** Returns the number in `message_id`. */
export function messageId({ args }: Call): number {
  const id = args.integer("message_id", 0, 0, 2 ** 31 - 1)
  if (id === 0) throw CallError.badRequest("message identifier is not specified")
  return id
}

/** Returns the numbers in `message_ids`. */
export function messageIds({ args }: Call): number[] {
  if (args.text("message_ids") === "") {
    throw CallError.badRequest("message identifiers are not specified")
  }
  const ids = arrayArgument(args, "message_ids", messageIdNames)
  if (ids.length === 0) throw CallError.badRequest("message identifiers are not specified")
  if (ids.length > 100) throw CallError.badRequest("too many message identifiers specified")
  return ids.map((id) => identifier(id))
}

const messageIdNames = { noun: "message_ids", items: "message identifiers" }

function identifier(value: unknown): number {
  if (typeof value !== "number" && typeof value !== "string") {
    throw CallError.badRequest("message identifier must be a Number")
  }
  if (!/^-?\d+$/.test(String(value))) {
    throw CallError.badRequest("can't parse message identifier as Number")
  }
  const id = Number(value)
  if (id <= 0) throw CallError.badRequest("invalid message identifier specified")
  return id
}

function isOwn(call: Call, where: Conversation, message: Message): boolean {
  if (where.owner !== undefined) return message.from?.id === where.owner.user.id
  if (where.chat.type !== "channel") return message.from?.id === call.bot.me.id
  const isAuthor = where.authors.get(message.message_id) === call.bot
  return isAuthor || hasRight(ownStatus(call, where), "can_edit_messages")
}

function inlineMessage({ args, bot, world }: Call): PlacedMessage {
  const known = world.inline.messages.get(args.text("inline_message_id"))
  const message = known?.where.messages.get(known.messageId)
  if (known?.botId !== bot.me.id || message === undefined) {
    throw CallError.badRequest("MESSAGE_ID_INVALID")
  }
  return { where: known.where, message, isInline: true }
}
