import { CallError } from "../ground/call-error.js"
import type { ChatMember, User } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import { hasRight, type Right } from "../world/members.js"
import type { Call } from "./method.js"

/** Returns the user that `user_id` names. */
export function userArgument({ args, world }: Call): User {
  const id = args.integer("user_id", 0, 0, Number.MAX_SAFE_INTEGER)
  if (id === 0) throw CallError.badRequest("invalid user_id specified")
  const user = world.userOf(id)
  if (user === undefined) throw CallError.badRequest("user not found")
  return user
}

/** Returns the status of the bot in a chat. */
export function ownStatus({ bot }: Call, where: Conversation): ChatMember {
  return where.memberOf(userOfBot(bot.me))
}

/**
 * Throws if the bot lacks this right.
 * @param refusal Telegram's error text
 */
export function requireRight(call: Call, where: Conversation, right: Right, refusal: string): void {
  if (!hasRight(ownStatus(call, where), right)) throw CallError.badRequest(refusal)
}
