const dayMs = 24 * 60 * 60 * 1000
const generationSize = 100_000

/**
 * The ids of handled updates, by which the queue recognizes an update that Telegram sends again.
 *
 * The ids are kept in two generations. A new generation begins after 24 h or 100,000 ids; the older of
 * the two generations is then dropped. An id is therefore known for 24 h, or until 100,000 other ids
 * have followed, and never for longer than 48 h. The upper bound matters because Telegram starts a new
 * random sequence of ids after a week without updates, and an id of the new sequence must not be
 * mistaken for a remembered one.
 */
export class RememberedIds {
  #young = new Map<number, Set<number>>()
  #old = new Map<number, Set<number>>()
  #count = 0
  #beganMs = 0

  /**
   * Returns true if the update has been handled.
   *
   * @param now the time on the clock of `performance.now`
   */
  has(botId: number, updateId: number, now: number): boolean {
    if (now - this.#beganMs >= dayMs) this.#dropExpired(now)
    return (
      (this.#young.get(botId)?.has(updateId) ?? false) ||
      (this.#old.get(botId)?.has(updateId) ?? false)
    )
  }

  /** Adds the id of an update. */
  add(botId: number, updateId: number): void {
    if (this.#count >= generationSize) this.#beginGeneration()
    let ids = this.#young.get(botId)
    if (!ids) this.#young.set(botId, (ids = new Set()))
    ids.add(updateId)
    this.#count += 1
  }

  #dropExpired(now: number): void {
    if (now - this.#beganMs >= 2 * dayMs) this.#beginGeneration()
    this.#beginGeneration()
    this.#beganMs = now
  }

  #beginGeneration(): void {
    this.#old = this.#young
    this.#young = new Map()
    this.#count = 0
  }
}
