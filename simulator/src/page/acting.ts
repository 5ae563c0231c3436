import type { Message } from "@grammyjs/types"
import type { OtherPerson, Place } from "../people/actor.js"
import { SimulatedBot } from "../people/simulated-bot.js"
import { SimulatedGroup } from "../people/simulated-group.js"
import type { Conversation } from "../world/conversation.js"
import type { Person } from "../world/person.js"
import { chatOfKey } from "./chat-key.js"
import type { PageAction } from "./page-action.js"

/** Returns the acting person, whom the field `as` names. */
export function personOf({ input, parts }: PageAction): Person {
  const foundPerson = parts.world.people.get(input.integer("as"))
  if (foundPerson === undefined) throw new TypeError("There is no such person")
  return foundPerson
}

/**
 * Returns the bot, group or person that a person writes to. The first message begins a private chat.
 *
 * @param field the field with the key of the chat. Default: `chat`.
 */
export function placeWrittenTo(action: PageAction, field = "chat"): Place {
  const { input, parts } = action
  const [botId, personId] = input.text(field).split(":").map(Number)
  const bot = parts.world.bots.get(botId ?? 0)
  if (bot !== undefined && personId === personOf(action).user.id) return new SimulatedBot(bot)
  const where = conversationOf(action, field)
  if (where.owner !== undefined) return otherIn(where, personOf(action))
  return new SimulatedGroup(where, parts.world)
}

function otherIn({ people }: Conversation, person: Person): OtherPerson {
  const { user } = [...people].find((each) => each !== person) ?? person
  return { id: user.id, firstName: user.first_name }
}

/** Returns the chat that a field names. Throws if the person is not in it. */
export function conversationOf(action: PageAction, field = "chat"): Conversation {
  const where = chatOfKey(action.parts.world, action.input.text(field))
  if (where.people.has(personOf(action))) return where
  throw new TypeError("You are not in this chat")
}

/** Returns the message that the field `message_id` names. Throws if it was deleted. */
export function messageOf(action: PageAction): Message {
  return messageIn(conversationOf(action), action.input.integer("message_id"))
}

/**
 * Returns the message that a field names; also an ephemeral one, which the page names by its place, if the
 * person sees it.
 */
export function seenMessageOf(action: PageAction, field = "message_id"): Message {
  const where = conversationOf(action)
  const id = action.input.number(field)
  const ephemeral = where.ephemeral.at(id)
  const { id: me } = personOf(action).user
  const isSeen = ephemeral?.receiver_user.id === me || ephemeral?.from.id === me
  return ephemeral !== undefined && isSeen ? ephemeral : messageIn(where, id)
}

/** Returns the messages that the field `message_ids` names. Throws if one was deleted. */
export function messagesOf(action: PageAction): Message[] {
  const where = conversationOf(action)
  return action.input.integers("message_ids").map((id) => messageIn(where, id))
}

function messageIn(where: Conversation, id: number): Message {
  const message = where.messages.get(id)
  if (message === undefined) throw new TypeError("The message was deleted")
  return message
}
