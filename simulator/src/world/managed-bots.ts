import type { BotAccount } from "../delivery/bot-account.js"
import { newToken, userOfBot } from "./identity.js"
import type { Management } from "./management.js"
import type { Person } from "./person.js"
import type { World } from "./world.js"

/** The names of a new bot. */
export interface BotNames {
  /** The name that people see. */
  readonly first_name: string
  /** The username without the `@`. */
  readonly username: string
}

/** Creates a bot that another bot manages. The manager gets `managed_bot`. */
export function createManagedBot(
  world: World,
  { manager, owner, names }: { manager: BotAccount; owner: Person; names: BotNames },
): BotAccount {
  const bot = world.makeBot(names)
  const ids = { managerId: manager.me.id, ownerId: owner.user.id }
  change(world, bot, { ...ids, isRestricted: false, addedIds: [] })
  return bot
}

/** Gives a bot a new token. Its manager, if it has one, gets `managed_bot`. */
export function replaceToken(world: World, bot: BotAccount): string {
  bot.replaceToken(newToken(world.environment.random, bot.me.id))
  world.changes.announce({ kind: "bot", bot })
  const management = managementOf(world, bot)
  // The documentation names the token among the changes, and makes no exception for the manager's own.
  if (management !== undefined) notify(world, bot, management)
  return bot.token
}

/** Makes another person the owner of a managed bot. The manager gets `managed_bot`. */
export function setOwner(world: World, bot: BotAccount, owner: Person): void {
  const management = managementOf(world, bot)
  if (management !== undefined) change(world, bot, { ...management, ownerId: owner.user.id })
}

/** Returns the relation of a bot to its manager; `undefined` for a bot without one. */
export function managementOf(world: World, bot: BotAccount): Management | undefined {
  return world.profiles.of(bot.me.id).management
}

/** Returns whether a person can write to a bot in private. */
export function hasAccess(world: World, bot: BotAccount, personId: number): boolean {
  const management = managementOf(world, bot)
  if (management === undefined || !management.isRestricted) return true
  return management.ownerId === personId || management.addedIds.includes(personId)
}

function change(world: World, bot: BotAccount, management: Management): void {
  world.profiles.of(bot.me.id).management = management
  world.changes.announce({ kind: "bot", bot })
  notify(world, bot, management)
}

function notify(world: World, bot: BotAccount, { managerId, ownerId }: Management): void {
  const user = world.people.get(ownerId)?.user
  world.bots.get(managerId)?.push("managed_bot", { user, bot: userOfBot(bot.me) })
}
