const dayMs = 24 * 60 * 60 * 1000
const generationSize = 100_000

/**
 * The ids of updates that were handled, so that one that Telegram sends again is known.
 *
 * Kept in two generations: a new one begins after 24 h or 100,000 ids, and the one before the last
 * is dropped. An id is therefore known for 24 h, or until 100,000 others have followed it, and never
 * longer than 48 h: Telegram draws a new random sequence of ids after a week of silence, and an id
 * of that is new.
 */
export class RememberedIds {
  #young = new Map<number, Set<number>>()
  #old = new Map<number, Set<number>>()
  #count = 0
  #began = 0

  /** Whether this update was handled. */
  has(botId: number, updateId: number, now: number): boolean {
    if (now - this.#began >= dayMs) this.#age(now)
    return (
      (this.#young.get(botId)?.has(updateId) ?? false) ||
      (this.#old.get(botId)?.has(updateId) ?? false)
    )
  }

  /** Remembers an update. */
  add(botId: number, updateId: number): void {
    if (this.#count >= generationSize) this.#turn()
    let ids = this.#young.get(botId)
    if (!ids) this.#young.set(botId, (ids = new Set()))
    ids.add(updateId)
    this.#count += 1
  }

  #age(now: number): void {
    if (now - this.#began >= 2 * dayMs) this.#turn()
    this.#turn()
    this.#began = now
  }

  #turn(): void {
    this.#old = this.#young
    this.#young = new Map()
    this.#count = 0
  }
}
