import type { Message, Poll } from "@grammyjs/types"
import { withoutReply } from "./answered-message.js"
import type { Person } from "./person.js"
import { counted, type SimulatedPoll } from "./poll-book.js"
import { changePoll, newOption } from "./polls.js"
import type { World } from "./world.js"

/** Adds an option of a person to a poll, with a service message. */
export function addOption(
  world: World,
  simulatedPoll: SimulatedPoll,
  added: { readonly by: Person; readonly text: string },
): Poll {
  const { by, text } = added
  const { poll } = simulatedPoll
  const ids = poll.options.map(({ persistent_id }) => Number(persistent_id))
  const persistent_id = String(Math.max(...ids) + 1)
  const option = { ...newOption(text, persistent_id), added_by_user: by.user }
  const options = [...poll.options, { ...option, addition_date: world.now }]
  changePoll(world, simulatedPoll, { ...poll, options })
  const told = { option_persistent_id: persistent_id, option_text: text }
  const poll_option_added = { ...pollMessage(simulatedPoll), ...told }
  world.write(by, simulatedPoll.where, { poll_option_added })
  return simulatedPoll.poll
}

/** Deletes an option that a person has added to a poll, with its votes and a service message. */
export function deleteOption(
  world: World,
  simulatedPoll: SimulatedPoll,
  deleted: { readonly by: Person; readonly at: number },
): Poll {
  const { by, at } = deleted
  const option = simulatedPoll.poll.options[at]
  if (option === undefined) return simulatedPoll.poll
  for (const [voter, chosen] of simulatedPoll.votes) {
    const kept = chosen.filter((each) => each !== at).map((each) => (each > at ? each - 1 : each))
    if (kept.length === 0) simulatedPoll.votes.delete(voter)
    else simulatedPoll.votes.set(voter, kept)
  }
  const options = simulatedPoll.poll.options.filter((each) => each !== option)
  simulatedPoll.poll = { ...simulatedPoll.poll, options }
  changePoll(world, simulatedPoll, counted(simulatedPoll))
  const told = { option_persistent_id: option.persistent_id, option_text: option.text }
  const poll_option_deleted = { ...pollMessage(simulatedPoll), ...told }
  world.write(by, simulatedPoll.where, { poll_option_deleted })
  return simulatedPoll.poll
}

function pollMessage({ where, messageId }: SimulatedPoll): { poll_message?: Message } {
  const message = where.messages.get(messageId)
  return message === undefined ? {} : { poll_message: withoutReply(message) }
}
