import type { StateWrite } from "../state-store.js"
import type { NewUpdate } from "../new-update.js"

/**
 * The slots of a queue that is a shard of a `ShardedQueue`. Each write and each read names its slot to the database,
 * which refuses a slot that the shard does not have.
 */
export interface SlotFence {
  /**
   * Returns the slot of an update or of a value.
   *
   * @param lane the lane as it is stored; without effect on the slots of values
   */
  slotOf(botId: number, lane: string): number
  /** Returns the slots that a shard needs for all values of a bot; none if a bot has no slot of its own. */
  slotsOfBot(botId: number): readonly number[]
  /** Called when the database has refused an update. Returns the error of its put. */
  refuse(update: NewUpdate): Error
  /** Throws a `TypeError` if the end of an update of this bot cannot store these writes. */
  expectWrites(botId: number, writes: readonly StateWrite[]): void
}
