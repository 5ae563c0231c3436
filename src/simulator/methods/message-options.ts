import type { Message } from "../../telegram/types.js"
import { CallError } from "../api/call-error.js"
import type { Conversation } from "../world/conversation.js"
import type { MessageContent } from "../world/world.js"
import { markupArgument } from "./markup-argument.js"
import type { Call } from "./method.js"

/** What every message that a bot sends may have: a keyboard, and what it answers. */
export function messageOptions(call: Call, where: Conversation): MessageContent {
  const markup = markupArgument(call.args)
  const answered = answeredMessage(call, where)
  return {
    ...(answered !== undefined && { reply_to_message: withoutReply(answered) }),
    ...(call.args.flag("protect_content") && { has_protected_content: true }),
    ...(markup !== undefined && { reply_markup: markup }),
  }
}

function answeredMessage({ args }: Call, where: Conversation): Message | undefined {
  const given: unknown = args.json("reply_parameters")
  const isGiven = typeof given === "object" && given !== null && "message_id" in given
  const id = isGiven ? Number(given.message_id) : args.integer("reply_to_message_id", 0, 0, 2 ** 31)
  if (id === 0) return undefined
  const message = where.messages.get(id)
  const mayBeAbsent = isGiven
    ? "allow_sending_without_reply" in given && given.allow_sending_without_reply === true
    : args.flag("allow_sending_without_reply")
  if (message === undefined && !mayBeAbsent) {
    throw CallError.badRequest("message to be replied not found")
  }
  return message
}

// An answered message does not hold the one that it answered in turn; the type that says so admits
// no value under exactOptionalPropertyTypes.
function withoutReply(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...rest } = message
  return rest as NonNullable<Message["reply_to_message"]>
}
