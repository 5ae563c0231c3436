import { ownValue } from "../ground/own-value.js"
import { SimulatedBot } from "../people/simulated-bot.js"
import { join, leave } from "../people/membership.js"
import { SimulatedGroup } from "../people/simulated-group.js"
import { SimulatedUser } from "../people/simulated-user.js"
import type { ActionInput } from "./action-input.js"
import type { ActionTable, PageAction } from "./page-action.js"
import { conversationOf, personOf } from "./acting.js"
import { chatOfKey } from "./chat-key.js"
import type { GameTraits } from "../world/game-book.js"
import type { Makers } from "./page-parts.js"

/** Actions that create bots, people, groups and private chats. */
export const makeActions: ActionTable = {
  createBot,
  createUser,
  createGroup,
  joinChat,
  leaveChat,
}

function createBot({ input, parts }: PageAction): object {
  const token = input.optionalText("token")
  const isKnown = token !== undefined && parts.world.botOf(token) !== undefined
  if (isKnown) throw new TypeError("A bot with this token already exists")
  const isInline = input.has("inline")
  const bot = parts.makers.bot({
    ...names(input, "username"),
    ...(token && { token }),
    games: gamesOf(input),
    supports_inline_queries: isInline,
    inline_feedback: isInline,
    can_manage_bots: input.has("manages"),
  })
  return { id: bot.id, token: bot.token }
}

function gamesOf(input: ActionInput): GameTraits[] {
  const names = (input.optionalText("games") ?? "").split(/[\s,]+/).filter((name) => name !== "")
  return names.map((name) => ({ short_name: name, title: name, description: `A game of ${name}` }))
}

function createUser({ input, parts }: PageAction): object {
  const user = parts.makers.user({
    ...{ ...names(input, "username"), ...names(input, "last_name") },
    is_premium: input.has("premium"),
  })
  return { id: user.id }
}

function createGroup({ input, parts }: PageAction): object {
  const { world, makers } = parts
  const members = input.integers("members").flatMap((id): (SimulatedUser | SimulatedBot)[] => {
    const person = world.people.get(id)
    const bot = world.bots.get(id)
    if (person !== undefined) return [new SimulatedUser(person, world)]
    return bot === undefined ? [] : [new SimulatedBot(bot)]
  })
  const title = input.text("title")
  const kind = input.optionalText("kind") ?? "group"
  const make = ownValue(kinds, kind)
  if (make === undefined) throw new TypeError("There is no such kind of chat")
  return { key: String(make(makers, title, members).id) }
}

type Make = (
  makers: Makers,
  title: string,
  members: readonly (SimulatedUser | SimulatedBot)[],
) => SimulatedGroup

const kinds: Readonly<Record<string, Make>> = {
  group: (makers, title, members) => makers.group({ title }, ...members),
  supergroup: (makers, title, members) => makers.supergroup({ title }, ...members),
  forum: (makers, title, members) => makers.supergroup({ title, is_forum: true }, ...members),
  channel: (makers, title, members) => makers.channel({ title }, ...members),
}

function joinChat(action: PageAction): object {
  const { input, parts } = action
  const where = chatOfKey(parts.world, input.text("chat"))
  if (where.chat.type === "private") throw new TypeError("A private chat cannot be joined")
  join({ person: personOf(action), world: parts.world }, new SimulatedGroup(where, parts.world), {})
  return {}
}

function leaveChat(action: PageAction): object {
  const where = conversationOf(action)
  if (where.chat.type === "private") throw new TypeError("A private chat cannot be left")
  const actor = { person: personOf(action), world: action.parts.world }
  leave(actor, new SimulatedGroup(where, actor.world))
  return {}
}

function names(input: ActionInput, other: string): Record<string, string> {
  const value = input.optionalText(other)?.replace(/^@/, "")
  return { first_name: input.text("first_name"), ...(value !== undefined && { [other]: value }) }
}
