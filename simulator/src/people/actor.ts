import type { BotAccount } from "../delivery/bot-account.js"
import type { SimulatedBot } from "./simulated-bot.js"
import type { SimulatedGroup } from "./simulated-group.js"
import type { Conversation } from "../world/conversation.js"
import { isAdministrator, isPresent } from "../world/members.js"
import { hasAccess } from "../world/managed-bots.js"
import type { Person } from "../world/person.js"
import type { World } from "../world/world.js"

/** A place that a person can write to. */
export type Place = SimulatedBot | SimulatedGroup | OtherPerson

/** Another person, with one of whose accounts a bot is connected. */
export interface OtherPerson {
  /** The id of the person. */
  readonly id: number
  /** The first name. */
  readonly firstName: string
}

/** A person who acts, with their world. */
export interface Actor {
  readonly person: Person
  readonly world: World
}

/** Returns the chat with a bot or another person, or the group; throws if the person is not in it. */
export function chatWith(actor: Actor, to: Place): Conversation {
  if ("firstName" in to) return businessChat(actor, to)
  return "token" in to ? privateChat(actor, to) : groupOf(actor, to)
}

// A chat of two people is simulated if one of them has connected a bot to their account.
function businessChat({ person, world }: Actor, to: OtherPerson): Conversation {
  const other = world.people.get(to.id)
  if (other === undefined) throw new TypeError(`${to.firstName} belongs to another simulator`)
  if (world.business.of(other) !== undefined) return world.openBusinessChat(other, person)
  if (world.business.of(person) !== undefined) return world.openBusinessChat(person, other)
  throw new TypeError("Expected one of the two people to have connected a bot to their account")
}

/** Returns a group; throws if the person is not in it. */
export function groupOf(actor: Actor, to: SimulatedGroup): Conversation {
  const group = anyGroup(actor, to)
  if (group.extras.parentChannel !== undefined) enterDirectMessages(actor, group)
  if (group.people.has(actor.person)) return group
  throw new TypeError(`${nameOf(actor)} is not in the group "${to.title}"`)
}

/** Adds a person to the direct messages of a channel, to which everybody can write. Nobody is notified. */
export function enterDirectMessages({ person, world }: Actor, where: Conversation): void {
  if (where.people.has(person)) return
  where.people.add(person)
  world.changes.announce({ kind: "chat", where })
}

/** Returns a group; throws if the person is not its administrator. */
export function groupAdministeredBy(actor: Actor, to: SimulatedGroup): Conversation {
  const group = groupOf(actor, to)
  if (isAdministrator(group.memberOf(actor.person.user))) return group
  throw new TypeError(`${nameOf(actor)} is not an administrator of the group "${to.title}"`)
}

/** Returns a group, whether the person is in it or not. */
export function anyGroup({ world }: Actor, to: SimulatedGroup): Conversation {
  const group = world.group(to.id)
  if (group === undefined) throw new TypeError(`"${to.title}" belongs to another simulator`)
  return group
}

/** Returns the record of a bot. Throws a `TypeError` for a bot of another simulator. */
export function accountOf({ world }: Actor, bot: SimulatedBot): BotAccount {
  const account = world.bots.get(bot.id)
  if (account === undefined) throw new TypeError(`@${bot.username} belongs to another simulator`)
  return account
}

/** Returns true if a person or bot is in a group. */
export function isIn(where: Conversation, id: number): boolean {
  const status = where.members.get(id)
  return status !== undefined && isPresent(status)
}

/** Returns the name of a person for error messages. */
export function nameOf({ person }: Actor): string {
  return person.user.first_name
}

function privateChat(actor: Actor, bot: SimulatedBot): Conversation {
  if (actor.person.blocked.has(bot.id)) {
    throw new TypeError(`${nameOf(actor)} has blocked @${bot.username}: unblock it first`)
  }
  const account = accountOf(actor, bot)
  if (!hasAccess(actor.world, account, actor.person.user.id)) {
    throw new TypeError(`@${bot.username} is restricted, and ${nameOf(actor)} has no access to it`)
  }
  return actor.world.openPrivateChat(account, actor.person)
}
