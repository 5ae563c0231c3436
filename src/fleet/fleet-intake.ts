import type { Bot } from "../bot/index.js"
import type { Intake } from "../intake/intake.js"

/** The polling or webhook of a bot. One machine of a fleet registers the webhook: the leader. */
export interface FleetIntake extends Intake {
  /** Begins to register the webhook. */
  takeOver?(): Promise<void>
  /** Stops to register the webhook, which stays open. */
  standBy?(): Promise<void>
}

/**
 * A function that starts to receive for one bot. It resolves with `undefined` if another machine receives for the bot.
 * An abort ends the start.
 */
export type OpenIntake = (
  bot: Bot,
  options: { readonly signal: AbortSignal; readonly isLeader: boolean },
) => Promise<FleetIntake | undefined>
