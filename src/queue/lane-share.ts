/**
 * Returns true if a lane has reached its share of a queue's capacity, so that the queue refuses another
 * update of this lane. A lane may fill as much of the queue as is still free. One chat that hangs
 * therefore fills at most half of the queue, two such chats fill at most two thirds, and some room is
 * always left for every other chat (docs/decisions/0037-shares-of-the-capacity.md).
 *
 * @param waiting the size of the lane's waiting updates: their number or their bytes
 * @param room the free capacity of the queue, in the same unit
 */
export function hasReachedShare(waiting: number, room: number): boolean {
  return waiting > 0 && waiting >= room
}

/** A count of the waiting updates of each lane, for a queue that keeps no objects of all its lanes. */
export class LaneCounts {
  readonly #counts = new Map<string, number>()

  /** Returns the number of waiting updates of a lane. */
  get(botId: number, lane: string): number {
    return this.#counts.get(keyOf(botId, lane)) ?? 0
  }

  /** Adds `count` to a lane's number of waiting updates. A negative `count` subtracts. */
  add(botId: number, lane: string, count: number): void {
    const key = keyOf(botId, lane)
    const sum = (this.#counts.get(key) ?? 0) + count
    if (sum > 0) this.#counts.set(key, sum)
    else this.#counts.delete(key)
  }
}

function keyOf(botId: number, lane: string): string {
  return `${botId} ${lane}`
}
