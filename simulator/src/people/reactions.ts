import type { Message, Poll, ReactionType } from "@grammyjs/types"
import { userOfBot } from "../world/identity.js"
import { isAdministrator } from "../world/members.js"
import { closePoll, vote } from "../world/polls.js"
import { countReactions, readReaction } from "../world/reactions.js"
import type { Conversation } from "../world/conversation.js"
import { nameOf, type Actor } from "./actor.js"
import { placeOf } from "./messages.js"

/**
 * Sets the person's reactions to a message: emoji, or the ids of custom emoji. Without any, removes
 * them.
 */
export function react(actor: Actor, message: Message, given: readonly string[]): void {
  const { person, world } = actor
  const where = placeOf(actor, message)
  const reactions = given.map((text) => reactionOf(text))
  const all = where.reactions.get(message.message_id) ?? new Map<number, readonly ReactionType[]>()
  const old = all.get(person.user.id) ?? []
  if (reactions.length > 0) all.set(person.user.id, reactions)
  else all.delete(person.user.id)
  where.reactions.set(message.message_id, all)
  world.changes.announce({ kind: "reactions", where, messageId: message.message_id })
  const place = { chat: where.chat, message_id: message.message_id, date: world.now }
  const isAnonymous = where.chat.type === "channel"
  for (const bot of where.bots) {
    if (!seesReactions(where, userOfBot(bot.me).id)) continue
    if (isAnonymous) {
      bot.push("message_reaction_count", { ...place, reactions: countReactions(all) })
    } else {
      const change = { user: person.user, old_reaction: old, new_reaction: reactions }
      bot.push("message_reaction", { ...place, ...change })
    }
  }
}

/** Votes in a poll for options given by text or number. Without any, retracts the vote. */
export function answerPoll(
  actor: Actor,
  message: Message,
  options: readonly (string | number)[],
): Poll {
  const { person, world } = actor
  const simulatedPoll = world.polls.of(message)
  if (simulatedPoll === undefined) throw new TypeError("Expected a message with a poll")
  const { poll } = simulatedPoll
  if (poll.is_closed) throw new TypeError("The poll is closed")
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
  return simulatedPoll.poll
}

/** Ends a poll of the person. */
export function endPoll(actor: Actor, message: Message): void {
  const simulatedPoll = actor.world.polls.of(message)
  if (simulatedPoll === undefined || message.from?.id !== actor.person.user.id) {
    throw new TypeError("Expected a message with a poll of this person")
  }
  closePoll(actor.world, simulatedPoll)
}

function seesReactions(where: Conversation, botId: number): boolean {
  const status = where.members.get(botId)
  return where.chat.type === "private" || (status !== undefined && isAdministrator(status))
}

function reactionOf(text: string): ReactionType {
  const custom = /^\d+$/.test(text) ? { type: "custom_emoji", custom_emoji_id: text } : undefined
  const reaction = readReaction(custom ?? { type: "emoji", emoji: text })
  if (reaction === undefined) throw new TypeError(`${text} is not a reaction`)
  return reaction
}

function indexOf(poll: Poll, option: string | number): number {
  const at =
    typeof option === "number" ? option : poll.options.findIndex(({ text }) => text === option)
  if (poll.options[at] === undefined) throw new TypeError(`The poll has no option ${option}`)
  return at
}
