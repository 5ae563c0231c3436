import { CallError } from "../api/call-error.js"
import type { Conversation } from "../world/conversation.js"
import type { Call } from "./method.js"

/** The chat that `chat_id` names; refuses one that the bot does not know, or may not write to. */
export function writableChat(call: Call): Conversation {
  const where = knownChat(call)
  const { bot } = call
  for (const person of where.chat.type === "private" ? where.people : []) {
    if (person.blocked.has(bot.me.id)) {
      throw new CallError(403, "Forbidden: bot was blocked by the user")
    }
  }
  if (!where.bots.has(bot)) {
    throw new CallError(403, `Forbidden: bot is not a member of the ${where.chat.type} chat`)
  }
  return where
}

/** The chat that a parameter names. */
export function knownChat({ bot, args, world }: Call, name = "chat_id"): Conversation {
  const text = args.text(name)
  if (text === "") throw CallError.badRequest(`${name} is empty`)
  const where = world.conversation(bot, Number.parseInt(text, 10) || 0)
  if (where === undefined) throw CallError.badRequest("chat not found")
  return where
}
