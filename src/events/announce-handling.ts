import type { Update, UserFromGetMe } from "@grammyjs/types"
import type { UpdateType } from "../telegram/api.js"
import {
  type HandlingOutcome,
  updateHandled,
  type UpdateHandled,
  updateHandling,
  type UpdateHandling,
} from "./update-events.js"

/** The result of a handling, for `sounder:update:handled`. */
export interface AnnouncedRun {
  /** The outcome; read when the handling has ended. */
  readonly outcome: HandlingOutcome
  /** The error of the first handler that failed. */
  readonly error: unknown
}

/** The facts about a handling that are known before the handling begins. */
export interface HandlingFacts {
  readonly bot: { readonly id: number; readonly me: UserFromGetMe | undefined }
  readonly update: Update
  readonly type: UpdateType | undefined
  readonly attempt: number
}

/** Returns whether a channel of handlings has subscribers. */
export function isHandlingWatched(): boolean {
  return updateHandling.hasSubscribers || updateHandled.hasSubscribers
}

/**
 * Handles an update, and publishes it on `sounder:update:handling` and `sounder:update:handled`.
 *
 * @param handle must not reject
 */
export function announceHandling(
  facts: HandlingFacts,
  run: AnnouncedRun,
  handle: () => Promise<void>,
): Promise<void> {
  const event = new HandlingEvent(facts)
  updateHandling.publish(event)
  return event.around(handle).then(() => event.end(run))
}

function callDirectly<T>(run: () => T): T {
  return run()
}

/**
 * The message of a handling. All fields exist from the start, so that JavaScript engines keep one object shape:
 * a message is created for every update.
 */
class HandlingEvent implements UpdateHandling {
  readonly botId: number
  readonly update: Update
  readonly type: UpdateType | undefined
  readonly attempt: number
  around: <T>(run: () => T) => T = callDirectly
  outcome: HandlingOutcome | undefined = undefined
  durationMs = 0
  error: unknown = undefined
  readonly #startedAt = performance.now()

  constructor({ bot, update, type, attempt }: HandlingFacts) {
    this.botId = bot.id
    this.update = update
    this.type = type
    this.attempt = attempt
  }

  end({ outcome, error }: AnnouncedRun): void {
    this.outcome = outcome
    this.error = error
    this.durationMs = performance.now() - this.#startedAt
    // The outcome is set by now.
    updateHandled.publish(this as UpdateHandled)
  }
}
