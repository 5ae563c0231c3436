import { SimulatedUser } from "../people/simulated-user.js"
import type { Written } from "../people/message-content.js"
import { messageOf, personOf, placeWrittenTo } from "./acting.js"
import type { PollTraits } from "../world/polls.js"
import type { ActionInput } from "./action-input.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** Actions that send locations, contacts, polls and dice, and that pin messages. */
export const shareActions: ActionTable = {
  sendLocation: (action) => share(action, { location: { latitude: 52.52, longitude: 13.405 } }),
  sendContact: (action) => share(action, contactOf(action)),
  sendPoll: (action) => share(action, { poll: pollIn(action.input) }),
  sendDice: (action) => share(action, { dice: action.input.text("emoji") }),
  pin,
  unpin,
}

async function share(action: PageAction, written: Written): Promise<object> {
  const { input, parts } = action
  const to = placeWrittenTo(action)
  const topic = input.has("topic") ? { message_thread_id: input.integer("topic") } : {}
  const user = new SimulatedUser(personOf(action), parts.world)
  const { message_id } = await user.send(to, written, topic)
  return { message_id }
}

function contactOf(action: PageAction): Written {
  const { id, first_name, last_name } = personOf(action).user
  const phone_number = `49151${String(id).padStart(7, "0")}`
  const name = { first_name, ...(last_name !== undefined && { last_name }) }
  return { contact: { phone_number, ...name, user_id: id } }
}

/** Returns the poll that a person has written; the first option of a quiz is its answer. */
export function pollIn(input: ActionInput): PollTraits {
  const lines = input.text("options").split("\n")
  const options = lines.map((line) => line.trim()).filter((line) => line !== "")
  if (options.length < 2) throw new TypeError("A poll needs at least two options, one per line")
  const quiz = input.has("quiz") ? { type: "quiz" as const, correct_option_ids: [0] } : {}
  return { question: input.text("question"), options, ...quiz }
}

async function pin(action: PageAction): Promise<object> {
  await new SimulatedUser(personOf(action), action.parts.world).pin(messageOf(action))
  return {}
}

async function unpin(action: PageAction): Promise<object> {
  await new SimulatedUser(personOf(action), action.parts.world).unpin(messageOf(action))
  return {}
}
