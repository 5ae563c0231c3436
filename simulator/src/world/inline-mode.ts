import type { InlineQueryResult, InlineQueryResultsButton } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"
import type { Conversation } from "./conversation.js"

/** A bot's answer to an inline query. */
export interface QueryAnswer {
  /** The id of the inline query. */
  readonly id: string
  /** The bot that has answered. */
  readonly botId: number
  /** The query, without the bot's name. */
  readonly query: string
  /** The options. */
  readonly results: readonly InlineQueryResult[]
  /** The `offset` with which the client asks for more results; empty where there are none. */
  readonly nextOffset: string
  /** The button above the results. */
  readonly button?: InlineQueryResultsButton
}

interface Open {
  readonly botId: number
  readonly query: string
  readonly resolve: (answer: QueryAnswer) => void
}

/** A message that was sent through a bot, by the id that the bot knows it by. */
export interface InlineMessage {
  readonly botId: number
  readonly where: Conversation
  readonly messageId: number
}

/** The inline queries that no bot has answered yet, and the messages that came of others. */
export class InlineMode {
  readonly messages = new BoundedMap<string, InlineMessage>()
  readonly #open = new BoundedMap<string, Open>()

  /** Resolves when the bot answers the query of this id. */
  asked(id: string, botId: number, query: string): Promise<QueryAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, query, resolve }))
  }

  /** Ends a query; false where the bot has none of this id. */
  answer(botId: number, answer: Omit<QueryAnswer, "query" | "botId">): boolean {
    const open = this.#open.get(answer.id)
    if (open === undefined || open.botId !== botId) return false
    this.#open.delete(answer.id)
    open.resolve({ ...answer, botId, query: open.query })
    return true
  }
}
