import type { BotRow, BotStamp, DecideRows } from "./bot-table.js"

/** A change of rows that waits for its transaction. */
interface WaitingChange {
  readonly botIds: readonly number[]
  readonly decide: DecideRows
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** Returns the rows to write, for the current rows of all bots in the batch. */
type DecideBatch = (rows: readonly BotRow[], stamp: BotStamp) => readonly BotRow[]

/** Runs the transaction of a batch of changes. */
type Transact = (botIds: readonly number[], decide: DecideBatch) => Promise<void>

/**
 * The changes of rows by this process. One transaction runs at a time, and the changes that are made meanwhile share
 * the next one, so that a process that adds a thousand bots at once neither waits for a thousand commits nor takes all
 * connections of a pool.
 */
export class RowChanges {
  readonly #transact: Transact
  #waiting: WaitingChange[] = []
  #isRunning = false

  /** @param transact runs a transaction */
  constructor(transact: Transact) {
    this.#transact = transact
  }

  /** Makes a change. Resolves when its transaction is committed. */
  add(botIds: readonly number[], decide: DecideRows): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ botIds, decide, resolve, reject })
      if (!this.#isRunning) void this.#run()
    })
  }

  async #run(): Promise<void> {
    this.#isRunning = true
    while (this.#waiting.length > 0) {
      const batch = this.#waiting
      this.#waiting = []
      await this.#commit(batch)
    }
    this.#isRunning = false
  }

  async #commit(batch: readonly WaitingChange[]): Promise<void> {
    const botIds = [...new Set(batch.flatMap((change) => change.botIds))]
    let refused = new Map<WaitingChange, unknown>()
    try {
      await this.#transact(botIds, (rows, stamp) => {
        refused = new Map()
        return decideAll(batch, refused, rows, stamp)
      })
      for (const change of batch) {
        if (refused.has(change)) change.reject(refused.get(change))
        else change.resolve()
      }
    } catch (error) {
      for (const change of batch) change.reject(error)
    }
  }
}

/** Decides on all changes of a batch, one after the other. A change whose function throws changes nothing. */
function decideAll(
  batch: readonly WaitingChange[],
  refused: Map<WaitingChange, unknown>,
  rows: readonly BotRow[],
  stamp: BotStamp,
): readonly BotRow[] {
  const current = new Map(rows.map((row) => [row.botId, row]))
  const written = new Map<number, BotRow>()
  for (const change of batch) {
    try {
      for (const row of change.decide(current, stamp)) {
        current.set(row.botId, row)
        written.set(row.botId, row)
      }
    } catch (error) {
      refused.set(change, error)
    }
  }
  return [...written.values()]
}
