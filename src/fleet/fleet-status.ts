import type { Bot } from "../bot/index.js"
import type { FleetMember } from "./fleet-bots.js"

/** The state of a bot of a fleet. */
export interface FleetBotStatus {
  /** The bot. */
  readonly bot: Bot
  /**
   * - `stopped`: the fleet does not run
   * - `starting`: the bot is about to receive
   * - `receiving`: the bot receives updates
   * - `retrying`: the start failed, and is tried again
   * - `refused`: Telegram does not accept the token, and the bot waits for a new one
   * - `parked`: the bot does not receive until it is woken
   * - `standby`: another machine of the fleet polls for the bot
   */
  readonly state:
    | "stopped"
    | "starting"
    | "receiving"
    | "retrying"
    | "refused"
    | "parked"
    | "standby"
  /** The kind of the bot; empty for the default. */
  readonly kind: string
  /** The reason of the state `parked`; absent without one. */
  readonly reason?: string
  /** The error of the last start, or the error that ended the receiving; absent without an error. */
  readonly error?: unknown
  /** The time until the next retry, in milliseconds; present if the state is `retrying`. */
  readonly retryInMs?: number
}

/**
 * Returns the state of a bot.
 *
 * @param isLeader false if another machine registers the webhooks, or polls
 */
export function statusOfMember(
  { bot, kind, intake, failure, parked }: FleetMember,
  { isRunning, isLeader }: { readonly isRunning: boolean; readonly isLeader: boolean },
): FleetBotStatus {
  if (parked) {
    return { bot, kind, state: "parked", ...(parked.reason !== null && { reason: parked.reason }) }
  }
  if (!failure) {
    if (intake) return { bot, kind, state: "receiving" }
    if (!isRunning) return { bot, kind, state: "stopped" }
    return { bot, kind, state: isLeader ? "starting" : "standby" }
  }
  const { error, retryAtMs } = failure
  if (!isRunning) return { bot, kind, state: "stopped", error }
  if (retryAtMs === undefined) return { bot, kind, state: "refused", error }
  const retryInMs = Math.max(0, Math.ceil(retryAtMs - performance.now()))
  return { bot, kind, state: "retrying", error, retryInMs }
}
