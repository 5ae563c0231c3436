const dayMs = 24 * 60 * 60 * 1000
const generationSize = 100_000

/** The number of ids in a block: as many as an integer has bits. */
const blockSize = 32

/**
 * The ids of one bot, one bit each. Neighbouring ids arrive together, so that this set takes a tenth of
 * the memory and of the time of a `Set`.
 */
class IdSet {
  /** Integers with a bit for each id, by the number of their block. */
  readonly #blocks = new Map<number, number>()

  has(id: number): boolean {
    const block = Math.floor(id / blockSize)
    return ((this.#blocks.get(block) ?? 0) & bitOf(id, block)) !== 0
  }

  add(id: number): void {
    const block = Math.floor(id / blockSize)
    this.#blocks.set(block, (this.#blocks.get(block) ?? 0) | bitOf(id, block))
  }
}

function bitOf(id: number, block: number): number {
  return 1 << (id - block * blockSize)
}

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
  #young = new Map<number, IdSet>()
  #old = new Map<number, IdSet>()
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
    if (!ids) this.#young.set(botId, (ids = new IdSet()))
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
