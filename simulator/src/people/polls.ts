import type { Message, Poll } from "@grammyjs/types"
import { maxOptions, type SimulatedPoll } from "../world/poll-book.js"
import { addOption, deleteOption } from "../world/poll-options.js"
import { closePoll, shownPoll, vote } from "../world/polls.js"
import { nameOf, type Actor } from "./actor.js"

/** Votes in a poll for options given by text or number. Without any, retracts the vote. */
export function answerPoll(
  actor: Actor,
  message: Message,
  options: readonly (string | number)[],
): Poll {
  const { person, world } = actor
  const simulatedPoll = openPoll(actor, message)
  const { poll } = simulatedPoll
  if (options.length > 1 && !poll.allows_multiple_answers) {
    throw new TypeError("The poll allows only one answer")
  }
  if (poll.type === "quiz" && simulatedPoll.votes.has(person.user.id)) {
    throw new TypeError(`${nameOf(actor)} has already answered the quiz`)
  }
  if (!poll.allows_revoting && simulatedPoll.votes.has(person.user.id)) {
    throw new TypeError("The poll does not allow a vote to be changed")
  }
  vote(
    world,
    simulatedPoll,
    person.user,
    options.map((option) => indexOf(poll, option)),
  )
  return shownPoll(simulatedPoll)
}

/** Adds an option to a poll that was sent with `allow_adding_options`. */
export function addPollOption(actor: Actor, message: Message, text: string): Poll {
  const simulatedPoll = openPoll(actor, message)
  const { poll, takesOptions } = simulatedPoll
  if (takesOptions !== true) throw new TypeError("The poll does not take options of people")
  if (poll.options.length >= maxOptions)
    throw new TypeError(`A poll has at most ${maxOptions} options`)
  if (text.trim() === "" || [...text].length > 100)
    throw new TypeError("An option of a poll has 1 to 100 characters")
  return addOption(actor.world, simulatedPoll, { by: actor.person, text: text.trim() })
}

/** Deletes an option that the person has added to a poll. */
export function deletePollOption(actor: Actor, message: Message, option: string | number): Poll {
  const simulatedPoll = openPoll(actor, message)
  const at = indexOf(simulatedPoll.poll, option)
  if (simulatedPoll.poll.options[at]?.added_by_user?.id !== actor.person.user.id)
    throw new TypeError(`${nameOf(actor)} can delete only own options`)
  return deleteOption(actor.world, simulatedPoll, { by: actor.person, at })
}

/** Ends a poll of the person. */
export function endPoll(actor: Actor, message: Message): void {
  const simulatedPoll = actor.world.polls.of(message)
  if (simulatedPoll === undefined || message.from?.id !== actor.person.user.id) {
    throw new TypeError("Expected a message with a poll of this person")
  }
  closePoll(actor.world, simulatedPoll)
}

function openPoll({ world }: Actor, message: Message): SimulatedPoll {
  const simulatedPoll = world.polls.of(message)
  if (simulatedPoll === undefined) throw new TypeError("Expected a message with a poll")
  if (simulatedPoll.poll.is_closed) throw new TypeError("The poll is closed")
  return simulatedPoll
}

function indexOf(poll: Poll, option: string | number): number {
  const at =
    typeof option === "number" ? option : poll.options.findIndex(({ text }) => text === option)
  if (poll.options[at] === undefined) throw new TypeError(`The poll has no option ${option}`)
  return at
}
