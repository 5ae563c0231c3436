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
   */
  readonly state: "stopped" | "starting" | "receiving" | "retrying" | "refused"
  /** The error of the last start, or the error that ended the receiving; absent without an error. */
  readonly error?: unknown
  /** The time until the next retry, in milliseconds; present if the state is `retrying`. */
  readonly retryInMs?: number
}

/** Returns the state of a bot. */
export function statusOfMember(
  { bot, intake, failure }: FleetMember,
  isRunning: boolean,
): FleetBotStatus {
  if (intake) return { bot, state: "receiving" }
  if (!failure) return { bot, state: isRunning ? "starting" : "stopped" }
  const { error, retryAtMs } = failure
  if (!isRunning) return { bot, state: "stopped", error }
  if (retryAtMs === undefined) return { bot, state: "refused", error }
  const retryInMs = Math.max(0, Math.ceil(retryAtMs - performance.now()))
  return { bot, state: "retrying", error, retryInMs }
}
