import { SimulatedBot } from "../simulated-bot.js"
import { SimulatedUser } from "../simulated-user.js"
import type { ActionInput } from "./action-input.js"
import type { ActionTable, PageAction } from "./page-action.js"
import { chatKey } from "./chat-key.js"

/** What a person makes on the page: bots, people, groups, and chats between them. */
export const makeActions: ActionTable = { createBot, createUser, createGroup, openChat }

function createBot({ input, parts }: PageAction): object {
  const token = input.optionalText("token")
  const isKnown = token !== undefined && parts.world.botOf(token) !== undefined
  if (isKnown) throw new TypeError("There is a bot with this token already")
  const isInline = input.has("inline")
  const bot = parts.makers.bot({
    ...names(input, "username"),
    ...(token && { token }),
    supports_inline_queries: isInline,
    inline_feedback: isInline,
  })
  return { id: bot.id, token: bot.token }
}

function createUser({ input, parts }: PageAction): object {
  const user = parts.makers.user({ ...names(input, "username"), ...names(input, "last_name") })
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
  return { key: String(makers.group({ title: input.text("title") }, ...members).id) }
}

function openChat({ input, parts: { world } }: PageAction): object {
  const bot = world.bots.get(input.integer("bot"))
  const person = world.people.get(input.integer("as"))
  if (bot === undefined || person === undefined) throw new TypeError("There is no such bot")
  return { key: chatKey(world.openPrivateChat(bot, person)) }
}

function names(input: ActionInput, other: string): Record<string, string> {
  const value = input.optionalText(other)?.replace(/^@/, "")
  return { first_name: input.text("first_name"), ...(value !== undefined && { [other]: value }) }
}
