import type { MessageEntity, Poll, PollMedia, PollOption, User } from "@grammyjs/types"
import { counted, type SimulatedPoll } from "./poll-book.js"
import type { World } from "./world.js"

/** An option of a poll. */
export interface PollOptionTraits {
  /** The text. */
  readonly text: string
  /** The formatting of the text. */
  readonly text_entities?: readonly MessageEntity[]
  /** A picture, place or link. */
  readonly media?: PollMedia
}

/** The content of a poll. */
export interface PollTraits {
  /** The question. */
  readonly question: string
  /** The options. */
  readonly options: readonly (string | PollOptionTraits)[]
  /** Whether votes are anonymous. Default: true. */
  readonly is_anonymous?: boolean
  /** The kind of poll. Default: `"regular"`. */
  readonly type?: "regular" | "quiz"
  /** Whether several options can be chosen. Default: false. */
  readonly allows_multiple_answers?: boolean
  /** The correct options of a quiz. */
  readonly correct_option_ids?: readonly number[]
  /** The explanation that a quiz shows with the correct answer. */
  readonly explanation?: string
  /** The formatting of the question. */
  readonly question_entities?: readonly MessageEntity[]
  /** Whether the poll is closed from the beginning. Default: false. */
  readonly is_closed?: boolean
  /** The time until the poll closes, in seconds. */
  readonly open_period?: number
  /** Whether a vote can be changed. Default: true, but false for a quiz. */
  readonly allows_revoting?: boolean
  /** Whether only people who have been members for more than a day may vote. Default: false. */
  readonly members_only?: boolean
  /** The countries whose people may vote. Default: all. */
  readonly country_codes?: readonly string[]
  /** A description below the question. */
  readonly description?: string
  /** The formatting of the description. */
  readonly description_entities?: readonly MessageEntity[]
  /** A picture, video or place of the description. */
  readonly media?: PollMedia
}

/** Returns a new poll without votes. */
export function newPoll(world: World, traits: PollTraits): Poll {
  const { question, question_entities = [], type = "regular", open_period } = traits
  return {
    id: world.newId(),
    question,
    ...(question_entities.length > 0 && { question_entities: [...question_entities] }),
    options: traits.options.map((option, at) => newOption(option, String(at))),
    total_voter_count: 0,
    is_closed: traits.is_closed ?? false,
    is_anonymous: traits.is_anonymous ?? true,
    type,
    allows_multiple_answers: traits.allows_multiple_answers ?? false,
    allows_revoting: traits.allows_revoting ?? type === "regular",
    members_only: traits.members_only ?? false,
    ...(traits.country_codes && { country_codes: [...traits.country_codes] }),
    ...(traits.description !== undefined && { description: traits.description }),
    ...(traits.description_entities && {
      description_entities: [...traits.description_entities],
    }),
    ...(traits.media && { media: traits.media }),
    ...(open_period !== undefined && { open_period, close_date: world.now + open_period }),
  }
}

/** Returns an option without votes. */
export function newOption(option: string | PollOptionTraits, persistent_id: string): PollOption {
  const { text, text_entities = [], media } = typeof option === "string" ? { text: option } : option
  return {
    persistent_id,
    text,
    ...(text_entities.length > 0 && { text_entities: [...text_entities] }),
    ...(media && { media }),
    voter_count: 0,
  }
}

/** Counts a vote, and notifies the bot that sent the poll. */
export function vote(
  world: World,
  simulatedPoll: SimulatedPoll,
  by: User,
  chosen: readonly number[],
): void {
  if (chosen.length === 0) simulatedPoll.votes.delete(by.id)
  else simulatedPoll.votes.set(by.id, chosen)
  changePoll(world, simulatedPoll, counted(simulatedPoll))
  if (simulatedPoll.poll.is_anonymous) return
  simulatedPoll.bot?.push("poll_answer", {
    poll_id: simulatedPoll.poll.id,
    user: by,
    option_ids: [...chosen],
    option_persistent_ids: chosen.map((at) => simulatedPoll.poll.options[at]?.persistent_id ?? ""),
  })
}

/** Closes a poll, and notifies the bot that sent it. */
export function closePoll(world: World, simulatedPoll: SimulatedPoll): Poll {
  const poll = { ...counted(simulatedPoll), is_closed: true, ...solution(simulatedPoll) }
  changePoll(world, simulatedPoll, poll)
  return poll
}

/** Returns the fields of a quiz that its sender sees, and everybody once it is closed. */
export function solution({ correct, explanation }: SimulatedPoll): Partial<Poll> {
  const [only, ...more] = correct
  // Telegraf 4 and others read the former field for a single option.
  const former = only !== undefined && more.length === 0 && { correct_option_id: only }
  return {
    ...former,
    ...(correct.length > 0 && { correct_option_ids: [...correct] }),
    ...explanation,
  }
}

/** Schedules the closing of a poll. */
export function closeLater(world: World, simulatedPoll: SimulatedPoll): void {
  const { close_date, is_closed } = simulatedPoll.poll
  if (close_date === undefined || is_closed) return
  const remainingSeconds = Math.max(0, close_date - world.now)
  const timer = world.environment.clock.setTimeout(() => {
    if (!simulatedPoll.poll.is_closed) closePoll(world, simulatedPoll)
  }, remainingSeconds * 1000)
  world.polls.keepTimer(timer)
}

/** Replaces a poll in its message, and notifies the bot that sent it. */
export function changePoll(world: World, simulatedPoll: SimulatedPoll, poll: Poll): void {
  simulatedPoll.poll = poll
  show(world, simulatedPoll)
  simulatedPoll.bot?.push("poll", poll)
}

function show(world: World, simulatedPoll: SimulatedPoll): void {
  const { where, messageId } = simulatedPoll
  const message = where.messages.get(messageId)
  if (message?.poll === undefined) return
  world.refresh(where, { ...message, poll: shownPoll(simulatedPoll) })
}

/** Returns a poll as people see it: without results while the poll hides them. */
export function shownPoll({ poll, hidesResults }: SimulatedPoll): Poll {
  if (hidesResults !== true || poll.is_closed) return poll
  const options = poll.options.map((option) => ({ ...option, voter_count: 0 }))
  return { ...poll, options, total_voter_count: 0 }
}
