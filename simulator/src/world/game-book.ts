import { BoundedMap } from "../ground/bounded-map.js"

/** A game that the owner of a bot has made with @BotFather. */
export interface GameTraits {
  /** The name for `sendGame`. */
  readonly short_name: string
  /** The title above the game. */
  readonly title: string
  /** The text under the title. */
  readonly description: string
}

/** A {@link GameBook} as it lies in a file. */
export interface SavedGames {
  readonly messages: readonly (readonly [string, string])[]
  readonly scores: readonly (readonly [string, readonly (readonly [number, number])[]])[]
}

/** Which messages hold which games, and how people have played. */
export class GameBook {
  readonly #games = new BoundedMap<string, string>()
  readonly #scores = new BoundedMap<string, Map<number, number>>()

  /** Everything, as JSON can hold it. */
  toJSON(): SavedGames {
    return {
      messages: [...this.#games],
      scores: [...this.#scores].map(([table, scores]) => [table, [...scores]]),
    }
  }

  /** Takes in what was saved. */
  restore({ messages, scores }: SavedGames): void {
    for (const [message, shortName] of messages) this.sent(message, shortName)
    for (const [table, saved] of scores) this.#scores.set(table, new Map(saved))
  }

  /** A message holds a game. @param message names it for the world */
  sent(message: string, shortName: string): void {
    this.#games.set(message, shortName)
  }

  /** The short name of a message's game. */
  of(message: string): string | undefined {
    return this.#games.get(message)
  }

  /** The scores of a game in a chat, by user. @param table names game and chat */
  scores(table: string): Map<number, number> {
    const known = this.#scores.get(table)
    if (known !== undefined) return known
    const scores = new Map<number, number>()
    this.#scores.set(table, scores)
    return scores
  }
}

/** Names a message of a bot for the book. */
export function gameMessage(botId: number, chatId: number, messageId: number): string {
  return `${botId}:${chatId}:${messageId}`
}
