import { SimulatedBot } from "../people/simulated-bot.js"
import { SimulatedGroup } from "../people/simulated-group.js"
import type { Conversation } from "../world/conversation.js"
import type { Person } from "../world/person.js"
import { chatOfKey } from "./chat-key.js"
import type { PageAction } from "./page-action.js"

/** Returns the person that acts, as the field `as` names them. */
export function personOf({ input, parts }: PageAction): Person {
  const foundPerson = parts.world.people.get(input.integer("as"))
  if (foundPerson === undefined) throw new TypeError("There is no such person")
  return foundPerson
}

/** Returns the bot or group that a person writes to. The first message begins a private chat. */
export function placeWrittenTo(action: PageAction): SimulatedBot | SimulatedGroup {
  const { input, parts } = action
  const [botId, personId] = input.text("chat").split(":").map(Number)
  const bot = parts.world.bots.get(botId ?? 0)
  if (bot !== undefined && personId === personOf(action).user.id) return new SimulatedBot(bot)
  return new SimulatedGroup(conversationOf(action))
}

/** Returns the chat that the field `chat` names. Throws if the person is not in it. */
export function conversationOf(action: PageAction): Conversation {
  const where = chatOfKey(action.parts.world, action.input.text("chat"))
  if (where.people.has(personOf(action))) return where
  throw new TypeError("You are not in this chat")
}
