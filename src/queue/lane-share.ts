/**
 * Whether a lane has its share of a queue that is bounded: as much of it waits as there is room left.
 * So one chat that hangs takes half of the room, two take two thirds, and some is left for every chat of
 * which nothing waits (docs/decisions/0037-shares-of-the-room.md).
 *
 * @param waiting how much of the lane waits
 * @param room how much more the queue takes
 */
export function hasItsShare(waiting: number, room: number): boolean {
  return waiting > 0 && waiting >= room
}

/** How many updates wait in each lane, where that is not known from the lanes themselves. */
export class LaneCounts {
  readonly #counts = new Map<string, number>()

  /** How many updates of a lane wait. */
  of(botId: number, lane: string): number {
    return this.#counts.get(keyOf(botId, lane)) ?? 0
  }

  /** So many more of a lane wait, or fewer. */
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
