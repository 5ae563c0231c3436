import { CallError } from "../ground/call-error.js"
import type { PressFacts } from "../world/callback-queries.js"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import { isAdministrator } from "../world/members.js"
import type { Person } from "../world/person.js"
import type { PostField } from "../world/posting-rules.js"
import type { Call } from "./method.js"
import { refuseFields } from "./unsupported-parameters.js"
import { textField, type Fields } from "./fields.js"
import { objectArgument } from "./json-argument.js"

/** The kinds of messages that can be ephemeral. */
const kinds: ReadonlySet<PostField> = new Set([
  ...(["text", "photo", "live_photo", "video", "animation", "audio", "document", "voice"] as const),
  ...(["video_note", "sticker", "location", "venue", "contact"] as const),
])

/** The seconds for which any bot can answer a press or an ephemeral message. */
const answerableSeconds = 15

/**
 * Returns the person who alone gets the message of a call; `undefined` if everybody in the chat gets
 * it. A bot that is not an administrator must answer a press or an ephemeral message of that person.
 */
export function ephemeralReceiver(
  call: Call,
  where: Conversation,
  kind: PostField,
): Person | undefined {
  const noun = "ephemeral message parameters"
  const given = kinds.has(kind)
    ? objectArgument(call.args, "ephemeral_message_parameters", noun)
    : undefined
  if (given === undefined) return undefined
  refuseFields(given, "EphemeralMessageParameters")
  if (where.chat.type !== "group" && where.chat.type !== "supergroup") {
    throw CallError.badRequest("ephemeral messages can be sent only to groups and supergroups")
  }
  const receiverId = given["receiver_user_id"] ?? pressOf(call, given)?.userId
  const receiver = [...where.people].find(({ user }) => user.id === Number(receiverId))
  if (receiver === undefined) throw CallError.badRequest("user not found")
  if (mayAlways(call, where) || hasAsked(call, where, { given, receiver })) return receiver
  throw CallError.badRequest(
    "ephemeral messages can be sent by an administrator, or within 15 seconds after a callback query or " +
      "an ephemeral message of the user",
  )
}

/**
 * Returns the id of the chat of the press that a call without `chat_id` answers; an empty text
 * without such a press.
 */
export function chatOfPress(call: Call): string {
  const name = "ephemeral_message_parameters"
  const given = objectArgument(call.args, name, "ephemeral message parameters")
  const press = given && pressOf(call, given)
  return press?.botId === call.bot.me.id ? String(press.chatId) : ""
}

function pressOf({ world }: Call, given: Fields): PressFacts | undefined {
  return world.callbackQueries.recent(textField(given, "callback_query_id"))
}

function mayAlways({ bot }: Call, where: Conversation): boolean {
  return isAdministrator(where.memberOf(userOfBot(bot.me)))
}

function hasAsked(
  call: Call,
  where: Conversation,
  { given, receiver }: { readonly given: Fields; readonly receiver: Person },
): boolean {
  const { args, bot, world } = call
  const since = world.now - answerableSeconds
  const press = pressOf(call, given)
  if (press !== undefined) {
    const isHere = press.chatId === where.chat.id && press.botId === bot.me.id
    return isHere && press.userId === receiver.user.id && press.at >= since
  }
  const reply = objectArgument(args, "reply_parameters", "reply parameters")
  const asked = where.ephemeral.get(Number(reply?.["ephemeral_message_id"] ?? 0))
  const isTheirs = asked?.from.id === receiver.user.id && asked.receiver_user.id === bot.me.id
  return isTheirs && asked.date >= since
}
