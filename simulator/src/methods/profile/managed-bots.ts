import type { User } from "@grammyjs/types"
import type { BotAccount } from "../../delivery/bot-account.js"
import { CallError } from "../../ground/call-error.js"
import { managementOf, replaceToken } from "../../world/managed-bots.js"
import type { Management } from "../../world/management.js"
import { arrayArgument } from "../json-argument.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the bots that people have created with a bot. */
export const managedBotMethods: MethodTable = {
  getManagedBotToken: (call) => managedBot(call).bot.token,
  replaceManagedBotToken,
  getManagedBotAccessSettings,
  setManagedBotAccessSettings,
}

/** The settings as Telegram returns them. */
interface AccessSettings {
  readonly is_access_restricted: boolean
  readonly added_users?: readonly User[]
}

const maxAdded = 10
const maxReplacedInMinute = 10

function replaceManagedBotToken(call: Call): string {
  const { bot } = managedBot(call)
  countReplacement(call, bot)
  return replaceToken(call.world, bot)
}

// Telegram publishes no limit. Without one, a handler of `managed_bot` that replaces the token would never end.
function countReplacement({ world }: Call, bot: BotAccount): void {
  const profile = world.profiles.of(bot.me.id)
  const now = world.environment.clock.now()
  const recent = profile.replacedAt.filter((at) => at > now - 60_000)
  const earliest = recent.at(-maxReplacedInMinute)
  if (earliest !== undefined) {
    throw CallError.tooManyRequests(Math.ceil((earliest + 60_000 - now) / 1000))
  }
  profile.replacedAt = [...recent, now]
}

function getManagedBotAccessSettings(call: Call): AccessSettings {
  const { isRestricted, addedIds } = managedBot(call).management
  if (!isRestricted) return { is_access_restricted: false }
  const added = addedIds.map((id) => call.world.userOf(id)).filter((user) => user !== undefined)
  return { is_access_restricted: true, ...(added.length > 0 && { added_users: added }) }
}

function setManagedBotAccessSettings(call: Call): true {
  const { bot, management } = managedBot(call)
  const isRestricted = call.args.flag("is_access_restricted")
  const addedIds = isRestricted ? addedPeople(call, management) : []
  call.world.profiles.of(bot.me.id).management = { ...management, isRestricted, addedIds }
  call.world.changes.announce({ kind: "bot", bot })
  return true
}

function addedPeople({ args, world }: Call, { ownerId }: Management): number[] {
  if (args.text("added_user_ids") === "") return []
  const names = { noun: "added_user_ids", items: "user identifiers" }
  const ids = arrayArgument(args, "added_user_ids", names).map(Number)
  if (ids.some((id) => world.userOf(id) === undefined)) throw CallError.badRequest("user not found")
  // The documentation states the limit, and not the text of the error.
  if (ids.length > maxAdded) throw CallError.badRequest("USERS_TOO_MUCH")
  return [...new Set(ids)].filter((id) => id !== ownerId)
}

function managedBot(call: Call): { bot: BotAccount; management: Management } {
  const bot = call.world.bots.get(userArgument(call).id)
  const management = bot && managementOf(call.world, bot)
  if (bot !== undefined && management?.managerId === call.bot.me.id) return { bot, management }
  throw CallError.badRequest("BOT_INVALID")
}
