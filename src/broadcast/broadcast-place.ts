import { Context } from "../dispatch/context/context.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { stateOf } from "../queue/state-of.js"
import type { StateStore } from "../queue/state-store.js"
import type { UpdateQueue } from "../queue/update-queue.js"

/** The queue and the bot of a broadcast that is started outside of a handler. */
export interface BroadcastPlace {
  /** The queue of the bot, which keeps state. */
  readonly queue: UpdateQueue
  /** The id of the bot. */
  readonly botId: number
}

/** The place of a broadcast: the context of a handler, or a {@link BroadcastPlace}. */
export type BroadcastAt = Context | BroadcastPlace

/** The store of a bot's broadcasts. */
export interface OpenPlace {
  readonly store: StateStore
  readonly botId: number
}

/** Returns the store of a place. Throws a `TypeError` for a queue without state. */
export function openPlace(at: BroadcastAt): OpenPlace {
  if (at instanceof Context) return { store: at.state.store, botId: at.bot.id }
  if (!Number.isSafeInteger(at?.botId)) unexpectedOption("botId", "an integer", at?.botId)
  return { store: stateOf(at.queue), botId: at.botId }
}
