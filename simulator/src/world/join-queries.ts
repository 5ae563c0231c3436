import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"

/** A request to join whose answer Telegram awaits. */
export interface JoinQuery {
  readonly botId: number
  readonly where: Conversation
  readonly userId: number
  /** Unix time in seconds. */
  readonly at: number
}

/** The seconds for which Telegram awaits the answer. */
const answerableSeconds = 10

/** The further seconds for a bot that shows a Mini App. */
const appSeconds = 300

/** The requests to join whose answers Telegram awaits, by the id of the query. */
export class JoinQueries {
  readonly #open = new BoundedMap<string, JoinQuery>()

  /** Adds a query. */
  add(id: string, query: JoinQuery): void {
    this.#open.set(id, query)
  }

  /** Gives more time to a query of a bot; returns `undefined` if its time has passed. */
  extend(id: string, botId: number, now: number): JoinQuery | undefined {
    const query = this.take(id, botId, now)
    if (query !== undefined) this.#open.set(id, { ...query, at: now + appSeconds })
    return query
  }

  /** Removes and returns a query of a bot; `undefined` if its time has passed. */
  take(id: string, botId: number, now: number): JoinQuery | undefined {
    const query = this.#open.get(id)
    if (query?.botId !== botId) return undefined
    this.#open.delete(id)
    return query.at + answerableSeconds < now ? undefined : query
  }
}
