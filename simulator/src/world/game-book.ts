import { BoundedMap } from "../ground/bounded-map.js"

/** A game that a bot's owner has created with @BotFather. */
export interface GameTraits {
  /** The name that `sendGame` uses. */
  readonly short_name: string
  /** The title of the game. */
  readonly title: string
  /** The description of the game. */
  readonly description: string
}

/** A {@link GameBook} in a file. */
export interface SavedGames {
  readonly messages: readonly (readonly [string, string])[]
  readonly scores: readonly (readonly [string, readonly (readonly [number, number])[]])[]
}

/** The games in messages, and people's scores. */
export class GameBook {
  readonly #games = new BoundedMap<string, string>()
  readonly #scores = new BoundedMap<string, Map<number, number>>()

  /** Returns the games and scores as JSON data. */
  toJSON(): SavedGames {
    return {
      messages: [...this.#games],
      scores: [...this.#scores].map(([table, scores]) => [table, [...scores]]),
    }
  }

  /** Restores saved games and scores. */
  restore({ messages, scores }: SavedGames): void {
    for (const [message, shortName] of messages) this.sent(message, shortName)
    for (const [table, saved] of scores) this.#scores.set(table, new Map(saved))
  }

  /**
   * Records that a message contains a game.
   * @param message the key from {@link gameMessage}
   */
  sent(message: string, shortName: string): void {
    this.#games.set(message, shortName)
  }

  /** Returns the short name of a message's game. */
  of(message: string): string | undefined {
    return this.#games.get(message)
  }

  /**
   * Returns the scores of a game in a chat, by user.
   * @param table the key of game and chat
   */
  scores(table: string): Map<number, number> {
    const existing = this.#scores.get(table)
    if (existing !== undefined) return existing
    const scores = new Map<number, number>()
    this.#scores.set(table, scores)
    return scores
  }
}

/** Returns the key of a bot's message. */
export function gameMessage(botId: number, chatId: number, messageId: number): string {
  return `${botId}:${chatId}:${messageId}`
}
