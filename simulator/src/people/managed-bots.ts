import type { KeyboardButton } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import {
  createManagedBot,
  managementOf,
  replaceToken,
  setOwner,
  type BotNames,
} from "../world/managed-bots.js"
import { accountOf, nameOf, type Actor } from "./actor.js"
import type { SimulatedBot } from "./simulated-bot.js"

type Key = Exclude<KeyboardButton, string>
type BotRequest = Extract<Key, { request_managed_bot: object }>["request_managed_bot"]

/** The rule for usernames of bots, without the `@`. */
const botUsername = /^[a-z]\w{1,28}bot$/i
const maxName = 64

/** Creates a bot that is managed by another bot, as a link `t.me/newbot/…` does. */
export function createBot(actor: Actor, manager: SimulatedBot, names: BotNames): BotAccount {
  return created(actor, accountOf(actor, manager), names)
}

/** Creates the bot that a key requests, with the suggested names unless others are given. */
export function requestedBot(
  actor: Actor,
  request: BotRequest,
  given: { readonly managerId: number; readonly names: Partial<BotNames> },
): BotAccount {
  const manager = actor.world.bots.get(given.managerId)
  if (manager === undefined) throw new TypeError("The bot that sent this key no longer exists")
  const { suggested_name = "", suggested_username = "" } = request
  const names = { first_name: suggested_name, username: suggested_username, ...given.names }
  return created(actor, manager, names)
}

/** Gives a bot of the person a new token, as @BotFather does. */
export function revokeToken(actor: Actor, bot: SimulatedBot): void {
  replaceToken(actor.world, ownBot(actor, bot))
}

/** Makes another person the owner of a bot. */
export function transferBot(
  actor: Actor,
  bot: SimulatedBot,
  to: { readonly id: number; readonly firstName: string },
): void {
  const account = ownBot(actor, bot)
  const owner = actor.world.people.get(to.id)
  if (owner === undefined) throw new TypeError(`${to.firstName} belongs to another simulator`)
  setOwner(actor.world, account, owner)
}

function created(actor: Actor, manager: BotAccount, names: BotNames): BotAccount {
  const { person, world } = actor
  if (!manager.me.can_manage_bots) {
    throw new TypeError(`@${manager.me.username} manages no bots: create it with can_manage_bots`)
  }
  checkNames(actor, names)
  return createManagedBot(world, { manager, owner: person, names })
}

function checkNames({ world }: Actor, { first_name, username }: BotNames): void {
  if (first_name === "" || [...first_name].length > maxName) {
    throw new TypeError(`Expected the name of the bot to have 1 to ${maxName} characters`)
  }
  if (!botUsername.test(username)) {
    throw new TypeError(
      `Expected a username of 5 to 32 letters, digits and underscores that ends in "bot", got ${JSON.stringify(username)}`,
    )
  }
  const isTaken = [...world.bots.values()].some(
    ({ me }) => me.username.toLowerCase() === username.toLowerCase(),
  )
  if (isTaken) throw new TypeError(`There is a bot @${username} already`)
}

function ownBot(actor: Actor, bot: SimulatedBot): BotAccount {
  const account = accountOf(actor, bot)
  if (managementOf(actor.world, account)?.ownerId === actor.person.user.id) return account
  throw new TypeError(`@${bot.username} is no bot that ${nameOf(actor)} has created`)
}
