import type { Bot } from "../bot/index.js"
import { Backoff } from "../ground/backoff.js"
import type { Timer } from "../ground/timer.js"
import type { Intake } from "../intake/intake.js"

/** A bot that is in a fleet. */
export interface FleetMember {
  readonly bot: Bot
  /** How it receives; `undefined` while it does not. */
  intake: Intake | undefined
  /** When it is tried again to receive; `undefined` while that need not be. */
  retry: Timer | undefined
  /** How long it is waited before that. */
  readonly backoff: Backoff
  /** Ends the answers of 503 at its path, which last until it receives or has left. */
  stopExpecting: (() => void) | undefined
}

/** How long it is waited before a bot whose start has failed is tried again, in milliseconds. */
const retries = { firstMs: 1_000, maxMs: 300_000 } as const

/** How many bots that have left are still known, for what they had received. */
const formerAtMost = 1_000

/**
 * The bots of a fleet, by id, and those that have left it: what they had received is still handled.
 * Finding one does not become slower with their number.
 */
export class FleetBots {
  readonly #members = new Map<number, FleetMember>()
  readonly #former = new Map<number, Bot>()
  readonly #turns = new Map<number, Promise<unknown>>()

  /** All that are in the fleet. */
  get members(): readonly FleetMember[] {
    return [...this.#members.values()]
  }

  /** The bots that are in the fleet. */
  get present(): Bot[] {
    return [...this.#members.values()].map(({ bot }) => bot)
  }

  /** The bot that an update is of. */
  find(botId: number): Bot | undefined {
    return this.#members.get(botId)?.bot ?? this.#former.get(botId)
  }

  /** The bot that is in the fleet with this id. */
  at(botId: number): FleetMember | undefined {
    return this.#members.get(botId)
  }

  /** Takes a bot in, which does not receive as yet. */
  enter(bot: Bot): FleetMember {
    const backoff = new Backoff(retries)
    const member: FleetMember = {
      ...{ bot, backoff },
      ...{ intake: undefined, retry: undefined, stopExpecting: undefined },
    }
    this.#former.delete(bot.id)
    this.#members.set(bot.id, member)
    return member
  }

  /** Lets a bot go, and answers what it was here. */
  leave(botId: number): FleetMember | undefined {
    const member = this.#members.get(botId)
    if (!member) return undefined
    this.#members.delete(botId)
    settle(member)
    this.#former.set(botId, member.bot)
    for (const oldest of this.#former.keys()) {
      if (this.#former.size <= formerAtMost) break
      this.#former.delete(oldest)
    }
    return member
  }

  /** Takes from all bots what they receive with, when what was begun before has ended. */
  async takeIntakes(): Promise<Intake[]> {
    while (this.#turns.size > 0) await Promise.all(this.#turns.values())
    const intakes: Intake[] = []
    for (const member of this.#members.values()) {
      settle(member)
      if (member.intake) intakes.push(member.intake)
      member.intake = undefined
    }
    return intakes
  }

  /** Does something with a bot when all that was begun with it before has ended. */
  async inTurn<T>(botId: number, act: () => Promise<T>): Promise<T> {
    const result = (this.#turns.get(botId) ?? Promise.resolve()).then(act)
    const turn = result.then(
      () => {},
      () => {},
    )
    this.#turns.set(botId, turn)
    void turn.then(() => {
      if (this.#turns.get(botId) === turn) this.#turns.delete(botId)
    })
    return result
  }
}

/** It is not tried again to receive, and the path answers for itself. */
export function settle(member: FleetMember): void {
  member.retry?.stop()
  member.retry = undefined
  member.stopExpecting?.()
  member.stopExpecting = undefined
}
