import type { BusinessBotRights } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Connected } from "../../world/business-accounts.js"
import type { Conversation } from "../../world/conversation.js"
import type { Call } from "../method.js"

/** The seconds after a person's message in which a bot can write to the person for the account. */
const answerableSeconds = 24 * 3600

/** Returns the connection that a call names, also an ended one. Throws if the bot has none. */
export function anyConnection({ args, bot, world }: Call): Connected {
  const connection = world.business.find(args.text("business_connection_id"), bot)
  if (connection !== undefined) return connection
  throw CallError.badRequest("business connection not found")
}

/** Returns the connection that a call names. Throws if it has ended. */
export function enabledConnection(call: Call): Connected {
  const connection = anyConnection(call)
  if (connection.isEnabled) return connection
  throw CallError.badRequest("BUSINESS_CONNECTION_INVALID")
}

/** Throws if a connection does not give a right to the bot. */
export function requireBusinessRight({ rights }: Connected, right: keyof BusinessBotRights): void {
  if (rights[right] !== true) throw CallError.badRequest("BUSINESS_CONNECTION_NOT_ALLOWED")
}

/** Returns the chat of a business account that `chat_id` names, if the other person has written in the last 24 hours. */
export function activeBusinessChat({ args, world }: Call, { person }: Connected): Conversation {
  const text = args.text("chat_id")
  if (text === "") throw CallError.badRequest("chat_id is empty")
  const where = world.business.chat(person, Number(text))
  if (where === undefined) throw CallError.badRequest("chat not found")
  const since = world.now - answerableSeconds
  const isActive = [...where.messages.values()].some(
    ({ from, date }) => from?.id === where.chat.id && date >= since,
  )
  if (!isActive) throw CallError.badRequest("BUSINESS_PEER_USAGE_MISSING")
  return where
}

/** Returns the enabled connection that a call names. Throws if it does not give a right to the bot. */
export function accountWith(call: Call, right: keyof BusinessBotRights): Connected {
  const connection = enabledConnection(call)
  requireBusinessRight(connection, right)
  return connection
}
