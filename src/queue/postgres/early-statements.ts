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
  async put(updates: readonly NewUpdate[], rememberMs: number): Promise<readonly number[]> {
    const [answer] = await this.#connection.ask<{ known: readonly number[] | null }>(
      `SELECT known FROM ${this.#schema}.put_early($1, $2, $3, $4, $5)`,
      [...columnsOf(updates), rememberMs],
    )
    return answer?.known ?? []
  }

  /** Their turn has come. Answers whether another process waits for news. */
  async come(updates: readonly UpdateReference[]): Promise<boolean> {
    const [answer] = await this.#connection.ask<{ is_heard: boolean }>(
      `SELECT ${this.#schema}.come($1, $2),
        EXISTS (SELECT FROM ${this.#schema}.workers w WHERE w.listens) AS is_heard`,
      [updates.map(({ botId }) => botId), updates.map(({ updateId }) => updateId)],
    )
    return answer?.is_heard ?? false
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
