import { CallError } from "../ground/call-error.js"
import type { Conversation } from "../world/conversation.js"
import { userOfBot } from "../world/identity.js"
import { isPresent } from "../world/members.js"
import { mayPost, postKinds, type PostField } from "../world/posting-rules.js"
import { activeBusinessChat, requireBusinessRight } from "./business/connection.js"
import { chatOfPress } from "./ephemeral-receiver.js"
import { requiredText } from "./required-argument.js"
import type { Call } from "./method.js"

/** Returns the chat that a parameter names, for reading. */
export function knownChat(call: Call, name = "chat_id"): Conversation {
  if (call.business !== undefined && name === "chat_id") {
    requireBusinessRight(call.business, "can_reply")
    return activeBusinessChat(call, call.business)
  }
  const text =
    name === "chat_id" ? call.args.text(name) || chatOfPress(call) : requiredText(call.args, name)
  if (text === "") throw CallError.badRequest("chat_id is empty")
  const where = findChat(call, text)
  if (where === undefined) throw CallError.badRequest("chat not found")
  // Anybody may read a public chat.
  checkMembership(call, where, where.chat.username === undefined && where.chat.type !== "group")
  return where
}

/** Returns the chat that `chat_id` names, for changing it. */
export function editableChat(call: Call): Conversation {
  const where = knownChat(call)
  refuseUpgraded(where)
  checkMembership(call, where, true)
  const isWithBot = where.chat.type === "private" && where.owner === undefined
  for (const person of isWithBot ? where.people : []) {
    if (person.blocked.has(call.bot.me.id)) throw forbidden("bot was blocked by the user")
  }
  return where
}

/** Returns the chat that `chat_id` names, for sending a kind of message. */
export function writableChat(call: Call, field: PostField = "text"): Conversation {
  const where = editableChat(call)
  const { chat, permissions } = where
  // The rights are those in the channel.
  if (where.extras.parentChannel !== undefined) return where
  const me = where.memberOf(userOfBot(call.bot.me))
  if (mayPost(me, field, { type: chat.type, permissions })) return where
  if (chat.type === "channel") {
    throw CallError.badRequest("need administrator rights in the channel chat")
  }
  const { name } = postKinds[field]
  throw CallError.badRequest(`not enough rights to send ${name} to the chat`)
}

function refuseUpgraded({ upgradedTo: migrate_to_chat_id }: Conversation): void {
  if (migrate_to_chat_id === undefined) return
  const description = "Bad Request: group chat was upgraded to a supergroup chat"
  throw new CallError(400, description, { migrate_to_chat_id })
}

function findChat({ bot, world }: Call, text: string): Conversation | undefined {
  if (text.startsWith("@")) return world.publicChat(text.slice(1))
  const id = /^-?\d+$/.test(text) ? Number(text) : 0
  const where = world.conversation(bot, id)
  if (where !== undefined) return isKnownTo(where, bot.me.id) ? where : undefined
  if (world.bots.has(id)) throw forbidden("bots can't send messages to bots")
  const person = world.people.get(id)
  const hasMet = person !== undefined && sharesGroup(world.conversations(), bot.me.id, id)
  if (hasMet) throw forbidden("bot can't initiate conversation with a user")
  return undefined
}

function sharesGroup(all: Iterable<Conversation>, botId: number, personId: number): boolean {
  for (const { members } of all) if (members.has(botId) && members.has(personId)) return true
  return false
}

// A bot knows a private group only after it has been a member.
function isKnownTo({ chat, members, extras }: Conversation, botId: number): boolean {
  const isOfChannel = extras.parentChannel !== undefined
  return chat.type === "private" || isOfChannel || chat.username !== undefined || members.has(botId)
}

function checkMembership({ bot }: Call, where: Conversation, mustBeIn: boolean): void {
  const { type } = where.chat
  const isOfChannel = where.extras.parentChannel !== undefined && where.bots.has(bot)
  if (type === "private" || !mustBeIn || isOfChannel) return
  const status = where.memberOf(userOfBot(bot.me))
  if (status.status === "kicked") throw forbidden(`bot was kicked from the ${type} chat`)
  if (!isPresent(status)) throw forbidden(`bot is not a member of the ${type} chat`)
}

function forbidden(reason: string): CallError {
  return new CallError(403, `Forbidden: ${reason}`)
}
