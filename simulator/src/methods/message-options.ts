import type { Message } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { withoutReply } from "../world/answered-message.js"
import type { Conversation } from "../world/conversation.js"
import { originOf } from "../world/forwarding.js"
import { inTopic } from "../world/forum.js"
import { userOfBot } from "../world/identity.js"
import { hasRight } from "../world/members.js"
import { generalTopicId } from "../world/topic.js"
import type { MessageContent } from "../world/world.js"
import { knownChat } from "./chat-argument.js"
import { objectArgument, textField, type Fields } from "./json-argument.js"
import { markupArgument } from "./markup-argument.js"
import type { Call } from "./method.js"
import { Arguments } from "../arguments/arguments.js"

/** Returns the options that every message of a bot may have: topic, keyboard, reply. */
export function messageOptions(call: Call, where: Conversation): MessageContent {
  const { args } = call
  if (args.flag("allow_paid_broadcast")) throw CallError.badRequest("FLOODSKIP_NOT_ALLOWED")
  const markup = markupArgument(args)
  return {
    ...threadOf(call, where),
    ...replyContent(call, where),
    ...(args.flag("protect_content") && { has_protected_content: true }),
    ...(args.text("message_effect_id") !== "" && { effect_id: args.text("message_effect_id") }),
    ...(markup !== undefined && { reply_markup: markup }),
  }
}

/** Returns the topic that `message_thread_id` names. Throws for a missing or closed topic. */
export function threadOf({ args, bot }: Call, where: Conversation): MessageContent {
  const given = args.integer("message_thread_id", 0, 0, 2 ** 31 - 1)
  const isForum = where.chat.is_forum === true
  if (given === 0 && !isForum) return {}
  const id = given === 0 ? generalTopicId : given
  const topic = where.topics.get(id)
  if (topic === undefined) throw CallError.badRequest("message thread not found")
  const managesTopics = hasRight(where.memberOf(userOfBot(bot.me)), "can_manage_topics")
  if (topic.isClosed && !managesTopics) throw CallError.badRequest("TOPIC_CLOSED")
  if (id === generalTopicId) return {}
  const created = where.messages.get(id)
  return { ...inTopic(id), ...(created && { reply_to_message: withoutReply(created) }) }
}

function replyContent(call: Call, where: Conversation): MessageContent {
  const { args } = call
  const given = objectArgument(args, "reply_parameters", "reply parameters")
  if (given === undefined || Object.keys(given).length === 0) {
    const id = args.integer("reply_to_message_id", 0, 0, 2 ** 31)
    return answer(where, id, args.flag("allow_sending_without_reply"))
  }
  if (given["ephemeral_message_id"] !== undefined) return ephemeralReply(call, where, given)
  if (given["message_id"] === undefined) {
    throw CallError.badRequest('can\'t find field "message_id"')
  }
  const id = Number(given["message_id"])
  const mayBeAbsent = given["allow_sending_without_reply"] === true
  const elsewhere = given["chat_id"] === undefined ? where : chatOf(call, given)
  if (elsewhere !== where) return externalReply(elsewhere, id)
  return { ...answer(where, id, mayBeAbsent), ...quoteIn(given, where.messages.get(id)) }
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

function quoteIn(given: Fields, message: Message | undefined): MessageContent {
  const text = textField(given, "quote")
  if (text === "" || message === undefined) return {}
  const position = (message.text ?? message.caption ?? "").indexOf(text)
  if (position < 0) throw CallError.badRequest("QUOTE_TEXT_INVALID")
  return { quote: { text, position, is_manual: true } }
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
    },
  }
}

function ephemeralReply({ args, bot }: Call, where: Conversation, given: Fields): MessageContent {
  const message = where.ephemeral.get(Number(given["ephemeral_message_id"]))
  if (message?.receiver_user.id !== bot.me.id) {
    throw CallError.badRequest("message to be replied not found")
  }
  if (args.text("ephemeral_message_parameters") === "") {
    throw CallError.badRequest("a reply to an ephemeral message must be an ephemeral message")
  }
  return { reply_to_message: withoutReply(message) }
}

function chatOf(call: Call, given: Fields): Conversation {
  const args = new Arguments()
  args.add("chat_id", String(given["chat_id"]))
  return knownChat({ ...call, args })
}
