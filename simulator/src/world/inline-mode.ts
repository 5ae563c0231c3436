import type { InlineQueryResult, InlineQueryResultsButton } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"

/** A bot's answer to an inline query. */
export interface QueryAnswer {
  /** The id of the inline query. */
  readonly id: string
  /** The id of the bot that answered. */
  readonly botId: number
  /** The query, without the bot's name. */
  readonly query: string
  /** The results. */
  readonly results: readonly InlineQueryResult[]
  /** The `offset` for further results; empty if there are none. */
  readonly nextOffset: string
  /** The button above the results. */
  readonly button?: InlineQueryResultsButton
}

interface Open {
  readonly botId: number
  readonly query: string
  readonly resolve: (answer: QueryAnswer) => void
}

/** A message sent in inline mode, by its `inline_message_id`. */
export interface InlineMessage {
  readonly botId: number
  readonly where: Conversation
  readonly messageId: number
}

/** The inline queries that no bot has answered yet, and the messages sent in inline mode. */
export class InlineMode {
  readonly messages = new BoundedMap<string, InlineMessage>()
  readonly #open = new BoundedMap<string, Open>()

  /** Adds a query. Resolves with the bot's answer. */
  asked(id: string, botId: number, query: string): Promise<QueryAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, query, resolve }))
  }

  /** Resolves a query with its answer; returns false if the bot has no query with this id. */
  answer(botId: number, answer: Omit<QueryAnswer, "query" | "botId">): boolean {
    const open = this.#open.get(answer.id)
    if (open === undefined || open.botId !== botId) return false
    this.#open.delete(answer.id)
    open.resolve({ ...answer, botId, query: open.query })
    return true
  }
}
