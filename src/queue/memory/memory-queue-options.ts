import type { OptionNames } from "../../ground/expect-option.js"
import type { LaneRule } from "../../telegram/update-facts.js"

/** The options of a {@link MemoryQueue}. */
export interface MemoryQueueOptions {
  /**
   * The acknowledgement delay in milliseconds: the longest time for which Telegram waits for a slow
   * handler before the queue acknowledges its update. With `Infinity` an update is acknowledged only
   * after its handler, so that a slow handler can delay other chats. Default: 2,000.
   */
  readonly holdMs?: number
  /**
   * The maximum number of waiting updates, without those in workers' hands. One lane may fill as much of the
   * queue as is still free. Default: 10,000.
   */
  readonly capacity?: number
  /**
   * The maximum number of bytes of all updates, including those in workers' hands. The size of an update is
   * measured as the number of characters of its JSON text. Default: a quarter of the largest heap that the
   * process may have.
   */
  readonly capacityBytes?: number
  /** The maximum number of updates of one bot in workers' hands at once. Default: no limit. */
  readonly perBot?: number
  /**
   * The rule that assigns updates to lanes: the updates of one lane are handled one after the other.
   * Default: `"chat"`.
   */
  readonly lane?: LaneRule
}

/** The names of the options of a queue in memory. */
export const memoryQueueOptionNames: OptionNames<MemoryQueueOptions> = {
  holdMs: true,
  capacity: true,
  capacityBytes: true,
  perBot: true,
  lane: true,
}
