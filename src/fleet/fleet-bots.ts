import type { Bot, CallHook } from "../bot/index.js"
import type { Backoff } from "../ground/backoff.js"
import type { Removable } from "../ground/removable.js"
import type { Timer } from "../ground/timer.js"
import type { FleetIntake } from "./fleet-intake.js"
import type { StoredBot } from "./store/index.js"
import type { Intake } from "../intake/intake.js"

/** The last failure of a bot. */
interface BotFailure {
  readonly error: unknown
  /** The time of the next retry, in milliseconds of `performance.now`; `undefined` for no retry. */
  readonly retryAtMs: number | undefined
}

/** A bot with its kind and its data. */
interface BotProfile {
  readonly bot: Bot
  /** The kind of the bot; empty for the default. */
  kind: string
  /** The data of the bot. */
  data: unknown
}

/** A bot of a fleet, with the state of its receiving. */
export interface FleetMember extends BotProfile {
  /** The hook that limits the calls of the bot. */
  readonly hook: Removable
  /** The bot in the store; `undefined` without a store. */
  stored: StoredBot | undefined
  /** Present while the bot is parked, with the reason if there is one. */
  parked: { readonly reason: string | null } | undefined
  /** The error of the last start, or the error that ended the receiving; `undefined` without an error. */
  failure: BotFailure | undefined
  /** The polling or webhook of the bot; `undefined` while the bot does not receive. */
  intake: FleetIntake | undefined
  /** The timer of the next retry of a failed start; `undefined` if no retry is planned. */
  retry: Timer | undefined
  /** The pauses between retries of a failed start; `undefined` before the first failure. */
  backoff: Backoff | undefined
  /**
   * Ends the answers with 503 at the bot's path. The server answers 503 in place of 401 while the bot
   * starts, so that Telegram tries again soon. `undefined` if the server does not do so.
   */
  stopExpecting: (() => void) | undefined
}

/** The number of removed bots that are remembered. Beyond it, the bot that was removed first is forgotten. */
const maxFormer = 1_000
/** The number of removed bots whose updates are dropped. Beyond it, the bot that was removed first is forgotten. */
const maxDropped = 100_000

/**
 * The bots of a fleet by their ids, and the last removed bots, whose received updates are still handled.
 * Operations on one bot run one after the other (`inOrder`). A lookup takes the same time for any number
 * of bots.
 */
export class FleetBots {
  readonly #members = new Map<number, FleetMember>()
  readonly #former = new Map<number, BotProfile>()
  readonly #dropped = new Set<number>()
  readonly #operations = new Map<number, Promise<unknown>>()

  /** The bots of the fleet with their state. */
  get members(): readonly FleetMember[] {
    return [...this.#members.values()]
  }

  /** The bots of the fleet. */
  get all(): Bot[] {
    return [...this.#members.values()].map(({ bot }) => bot)
  }

  /** Returns a bot of the fleet, or a removed bot, by its id; `"removed"` if the updates of the bot are dropped. */
  find(botId: number): Bot | "removed" | undefined {
    return this.profileOf(botId)?.bot ?? (this.#dropped.has(botId) ? "removed" : undefined)
  }

  /** Returns a bot with its kind and data, or a removed bot, by its id. */
  profileOf(botId: number): BotProfile | undefined {
    return this.#members.get(botId) ?? this.#former.get(botId)
  }

  /** Returns the state of the fleet's bot with an id. */
  get(botId: number): FleetMember | undefined {
    return this.#members.get(botId)
  }

  /**
   * Adds a bot that does not receive yet.
   *
   * @param hook a hook around the calls of the bot while it is in the fleet
   */
  add(bot: Bot, hook: CallHook): FleetMember {
    const member: FleetMember = {
      bot,
      hook: bot.use(hook),
      kind: "",
      data: null,
      stored: undefined,
      parked: undefined,
      failure: undefined,
      intake: undefined,
      retry: undefined,
      backoff: undefined,
      stopExpecting: undefined,
    }
    this.#former.delete(bot.id)
    this.#dropped.delete(bot.id)
    this.#members.set(bot.id, member)
    return member
  }

  /** Drops the updates of a removed bot from now on, until the bot is added again. */
  drop(botId: number): void {
    this.#former.delete(botId)
    this.#dropped.delete(botId)
    this.#dropped.add(botId)
    forgetFirst(this.#dropped, maxDropped)
  }

  /** Removes a bot and cancels the retry of its start. Returns its state; `undefined` for an unknown id. */
  remove(botId: number): FleetMember | undefined {
    const member = this.#members.get(botId)
    if (!member) return undefined
    this.#members.delete(botId)
    member.hook.remove()
    cancelStart(member)
    const { bot, kind, data } = member
    this.#former.set(botId, { bot, kind, data })
    forgetFirst(this.#former, maxFormer)
    return member
  }

  /**
   * Removes the intakes of all bots and resolves with them, for the caller to stop. Waits for running
   * operations first.
   */
  async removeIntakes(): Promise<Intake[]> {
    await this.idle()
    const intakes: Intake[] = []
    for (const member of this.#members.values()) {
      cancelStart(member)
      if (member.intake) intakes.push(member.intake)
      member.intake = undefined
    }
    return intakes
  }

  /** Resolves when no operation runs. */
  async idle(): Promise<void> {
    while (this.#operations.size > 0) await Promise.all(this.#operations.values())
  }

  /** Runs `operation` when all earlier operations on this bot have ended. */
  async inOrder<T>(botId: number, operation: () => Promise<T>): Promise<T> {
    const result = (this.#operations.get(botId) ?? Promise.resolve()).then(operation)
    const settled = result.then(
      () => {},
      () => {},
    )
    this.#operations.set(botId, settled)
    void settled.then(() => {
      if (this.#operations.get(botId) === settled) this.#operations.delete(botId)
    })
    return result
  }
}

/** Deletes the first keys of a map or set until it has at most `maxSize`. */
function forgetFirst(
  all: Pick<Set<number>, "size" | "delete"> & { keys(): Iterable<number> },
  maxSize: number,
): void {
  for (const oldest of all.keys()) {
    if (all.size <= maxSize) return
    all.delete(oldest)
  }
}

/** Cancels the retry of a bot's start, and ends the answers with 503 at its path. */
export function cancelStart(member: FleetMember): void {
  member.retry?.stop()
  member.retry = undefined
  member.stopExpecting?.()
  member.stopExpecting = undefined
}
