import { CallError } from "../ground/call-error.js"
import type { ChatMember, User } from "@grammyjs/types"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import { hasRight, type Right } from "../world/members.js"
import type { Call } from "./method.js"

/** Returns the id in `user_id`, which Telegram reads before it looks for the chat. */
export function userIdArgument({ args }: Call): number {
  const id = args.integer("user_id", 0, 0, Number.MAX_SAFE_INTEGER)
  if (id === 0) throw CallError.badRequest("invalid user_id specified")
  return id
}

/** Returns the user that `user_id` names. */
export function userArgument(call: Call): User {
  const user = call.world.userOf(userIdArgument(call))
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
