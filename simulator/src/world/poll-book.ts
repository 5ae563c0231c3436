import type { BotAccount } from "../delivery/bot-account.js"
import type { Timer } from "../ground/clock.js"
import type { Message, Poll } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"

/** A poll with what its readers do not see. */
export interface PlayedPoll {
  /** The bot that sent it, which is told of the votes. */
  readonly bot: BotAccount | undefined
  readonly where: Conversation
  readonly messageId: number
  /** Of a quiz: the options that are right. */
  readonly correct: readonly number[]
  /** The explanation of the right answer. */
  readonly explanation: Pick<Poll, "explanation" | "explanation_entities">
  /** The options that each person has chosen, by the id of the person. */
  readonly votes: Map<number, readonly number[]>
  poll: Poll
}

/** The polls of a world. */
export class PollBook {
  readonly #byId = new BoundedMap<string, PlayedPoll>()
  readonly #timers = new Set<Timer>()

  /** A poll was sent. */
  add(played: PlayedPoll): void {
    this.#byId.set(played.poll.id, played)
  }

  /** Every poll that was sent. */
  [Symbol.iterator](): Iterator<PlayedPoll> {
    return this.#byId.values()
  }

  /** A timer that closes a poll: it ends with the world. */
  keepTimer(timer: Timer): void {
    this.#timers.add(timer)
  }

  /** Cancels the timers that close polls. */
  close(): void {
    for (const timer of this.#timers) timer.cancel()
  }

  /** The poll of a message. */
  of(message: Message): PlayedPoll | undefined {
    return message.poll === undefined ? undefined : this.#byId.get(message.poll.id)
  }
}

/** The poll as it is once everybody's votes are counted. */
export function counted(played: PlayedPoll): Poll {
  const votes = [...played.votes.values()]
  return {
    ...played.poll,
    options: played.poll.options.map((option, at) => ({
      ...option,
      voter_count: votes.filter((chosen) => chosen.includes(at)).length,
    })),
    total_voter_count: votes.length,
  }
}
