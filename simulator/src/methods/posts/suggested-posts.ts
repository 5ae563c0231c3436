import type { Message, SuggestedPostParameters, SuggestedPostPrice } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { channelOf, directTopic } from "../../world/direct-messages.js"
import { userOfBot } from "../../world/identity.js"
import { hasRight } from "../../world/members.js"
import {
  approvePost,
  declinePost,
  isPrice,
  longestDelay,
  pendingPost,
  shortestDelay,
} from "../../world/suggested-posts.js"
import type { MessageContent } from "../../world/world.js"
import { knownChat } from "../chat-argument.js"
import {
  numberField,
  objectField,
  partError,
  reading,
  requiredNumberField,
  requiredTextField,
  type Fields,
} from "../fields.js"
import { objectArgument } from "../json-argument.js"
import { messageIn } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the posts that readers suggest in the direct messages of a channel. */
export const postMethods: MethodTable = { approveSuggestedPost, declineSuggestedPost }

const maxComment = 128
const approval = {
  verb: "approve",
  right: "can_post_messages",
  noRight: "not enough rights to approve a suggested post",
  decided: "message can't be approved",
} as const
const refusal = {
  verb: "decline",
  right: "can_manage_direct_messages",
  noRight: "not enough rights to decline a suggested post",
  decided: "message can't be declined",
} as const
const notDirect = "chat is not a channel direct messages chat"
const maxDate = 2 ** 31 - 1

function approveSuggestedPost(call: Call): true {
  const { where, message } = suggestion(call, approval)
  const sendDate = call.args.integer("send_date", 0, 0, maxDate)
  if (sendDate > call.world.now + longestDelay) {
    throw CallError.badRequest("invalid send date specified")
  }
  const by = userOfBot(call.bot.me)
  approvePost(call.world, where, message, { by, ...(sendDate > 0 && { sendDate }) })
  return true
}

function declineSuggestedPost(call: Call): true {
  const { where, message } = suggestion(call, refusal)
  const comment = call.args.text("comment")
  if ([...comment].length > maxComment) throw CallError.badRequest("comment is too long")
  declinePost(call.world, where, message, { by: userOfBot(call.bot.me), comment })
  return true
}

/** Returns the suggested post of a reader that a call names. */
function suggestion(
  call: Call,
  { verb, right, noRight, decided }: typeof approval | typeof refusal,
): { readonly where: Conversation; readonly message: Message } {
  const where = knownChat(call)
  const channel = channelOf(call.world, where)
  if (channel === undefined) throw CallError.badRequest(notDirect)
  const message = messageIn(call, where, verb)
  if (!hasRight(channel.memberOf(userOfBot(call.bot.me)), right)) {
    throw CallError.badRequest(noRight)
  }
  const isOfReader = message.from?.id === message.direct_messages_topic?.user.id
  if (isOfReader && pendingPost(message) !== undefined) return { where, message }
  throw CallError.badRequest(decided)
}

/** Returns the topic of direct messages, and the suggested post, in the parameters of a message. */
export function directOptions(call: Call, where: Conversation): MessageContent {
  const { args, world } = call
  const id = args.integer("direct_messages_topic_id", 0, 0, Number.MAX_SAFE_INTEGER)
  const suggested = suggestedPost(call)
  const channel = channelOf(world, where)
  if (channel === undefined) {
    if (id === 0 && suggested === undefined) return {}
    throw CallError.badRequest(
      id === 0 ? "suggested posts can be sent only to channel direct messages" : notDirect,
    )
  }
  if (!hasRight(channel.memberOf(userOfBot(call.bot.me)), "can_manage_direct_messages")) {
    throw CallError.badRequest("not enough rights to send direct messages")
  }
  const topic = directTopic(where, id)
  if (topic === undefined) throw CallError.badRequest("direct messages topic not found")
  return {
    direct_messages_topic: topic,
    ...(suggested && { suggested_post_info: { state: "pending", ...suggested } }),
  }
}

/** Declines the suggested post that a new suggestion replaces. */
export function declineReplaced(call: Call, where: Conversation, message: Message): void {
  const answered = where.messages.get(message.reply_to_message?.message_id ?? 0)
  const isReplaced = message.suggested_post_info !== undefined && answered !== undefined
  if (!isReplaced || pendingPost(answered) === undefined) return
  declinePost(call.world, where, answered, { by: userOfBot(call.bot.me) })
}

const name = "Can't parse SuggestedPostParameters"

function suggestedPost({ args, world }: Call): SuggestedPostParameters | undefined {
  const noun = "suggested post parameters"
  const given = objectArgument(args, "suggested_post_parameters", noun)
  return given && reading(name, () => parametersOf(given, world.now))
}

function parametersOf(given: Fields, now: number): SuggestedPostParameters {
  const priceFields = objectField(given, "price")
  const send_date = numberField(given, "send_date") ?? 0
  const wait = send_date - now
  if (send_date !== 0 && (wait < shortestDelay || wait > longestDelay)) {
    throw partError("Invalid send date specified")
  }
  const price = priceFields && {
    currency: requiredTextField(priceFields, "currency") as "XTR" | "TON",
    amount: requiredNumberField(priceFields, "amount"),
  }
  const isFree = price?.amount === 0
  if (price !== undefined && !isFree && !isPrice(price)) throw priceError(price)
  return { ...(price && !isFree && { price }), ...(send_date !== 0 && { send_date }) }
}

function priceError({ currency }: SuggestedPostPrice): CallError {
  if (currency === "XTR") return CallError.badRequest("invalid amount of Telegram Stars specified")
  if (currency === "TON") return CallError.badRequest("invalid amount of Toncoin cents specified")
  return partError("Invalid price specified")
}
