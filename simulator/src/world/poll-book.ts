import type { BotAccount } from "../delivery/bot-account.js"
import type { Timer } from "../ground/clock.js"
import type { Message, Poll } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"

/** The maximum number of options of a poll. */
export const maxOptions = 12

/** The explanation of a quiz. */
export type PollExplanation = Pick<
  Poll,
  "explanation" | "explanation_entities" | "explanation_media"
>

/** A poll with the data that its readers do not see. */
export interface SimulatedPoll {
  /** The bot that sent the poll and gets its votes. */
  readonly bot: BotAccount | undefined
  readonly where: Conversation
  readonly messageId: number
  /** The correct options of a quiz. */
  readonly correct: readonly number[]
  /** The explanation of a quiz. */
  readonly explanation: PollExplanation
  /** The options that each person has chosen, by the id of the person. */
  readonly votes: Map<number, readonly number[]>
  /** Whether people can add options. */
  readonly takesOptions?: boolean
  /** Whether people see the results only when the poll is closed. */
  readonly hidesResults?: boolean
  poll: Poll
}

/** The polls of a world. */
export class PollBook {
  readonly #byId = new BoundedMap<string, SimulatedPoll>()
  readonly #timers = new Set<Timer>()

  /** Adds a poll. */
  add(simulatedPoll: SimulatedPoll): void {
    this.#byId.set(simulatedPoll.poll.id, simulatedPoll)
  }

  /** Iterates over all polls. */
  [Symbol.iterator](): Iterator<SimulatedPoll> {
    return this.#byId.values()
  }

  /** Stores a timer that closes a poll, so that it can be cancelled with the world. */
  keepTimer(timer: Timer): void {
    this.#timers.add(timer)
  }

  /** Cancels the timers that close polls. */
  close(): void {
    for (const timer of this.#timers) timer.cancel()
  }

  /** Returns the poll of a message. */
  of(message: Message): SimulatedPoll | undefined {
    return message.poll === undefined ? undefined : this.#byId.get(message.poll.id)
  }
}

/** Returns a poll with the current counts of votes. */
export function counted(simulatedPoll: SimulatedPoll): Poll {
  const votes = [...simulatedPoll.votes.values()]
  return {
    ...simulatedPoll.poll,
    options: simulatedPoll.poll.options.map((option, at) => ({
      ...option,
      voter_count: votes.filter((chosen) => chosen.includes(at)).length,
    })),
    total_voter_count: votes.length,
  }
}
