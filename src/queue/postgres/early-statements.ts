import type { NewUpdate } from "../new-update.js"
import type { UpdateReference } from "../update-queue.js"
import type { StandingConnection } from "./standing-connection.js"
import { quoted } from "./tables.js"

/** What is asked of the database about updates that have come before their turn. */
export class EarlyStatements {
  readonly #connection: StandingConnection
  readonly #schema: string

  /** @param schema the name of the queue's schema */
  constructor(connection: StandingConnection, schema: string) {
    this.#connection = connection
    this.#schema = quoted(schema)
  }

  /** Keeps updates; answers the numbers of those that are known, counted from 1. */
  async put(updates: readonly NewUpdate[]): Promise<readonly number[]> {
    const [answer] = await this.#connection.ask<{ known: readonly number[] | null }>(
      `SELECT known FROM ${this.#schema}.put_early($1, $2, $3, $4)`,
      columnsOf(updates),
    )
    return answer?.known ?? []
  }

  /**
   * Their turn has come. Answers the channel of a worker that can be woken.
   *
   * @param channel that of this process, which need not be woken
   */
  async come(updates: readonly UpdateReference[], channel: string | null): Promise<string | null> {
    const [answer] = await this.#connection.ask<{ tell: string | null }>(
      `SELECT ${this.#schema}.come($1, $2), ${this.#schema}.listener($3) AS tell`,
      [updates.map(({ botId }) => botId), updates.map(({ updateId }) => updateId), channel],
    )
    return answer?.tell ?? null
  }
}

/** Updates as the columns that the functions of the database take. */
export function columnsOf(updates: readonly NewUpdate[]): unknown[] {
  return [
    updates.map(({ botId }) => botId),
    updates.map(({ updateId }) => updateId),
    updates.map(({ lane }) => lane),
    updates.map(({ body }) => body),
  ]
}
