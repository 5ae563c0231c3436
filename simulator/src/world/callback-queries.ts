import { BoundedMap } from "../ground/bounded-map.js"
import type { PressAnswer } from "./person.js"

interface Open {
  readonly botId: number
  readonly resolve: (answer: PressAnswer) => void
}

/** The button presses that no bot has answered yet. */
export class CallbackQueries {
  readonly #open = new BoundedMap<string, Open>()

  /** Adds a query. Resolves with the bot's answer. */
  opened(id: string, botId: number): Promise<PressAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, resolve }))
  }

  /** Resolves a query with its answer; returns false if the bot has no query with this id. */
  answer(id: string, botId: number, answer: PressAnswer): boolean {
    const open = this.#open.get(id)
    if (open === undefined || open.botId !== botId) return false
    this.#open.delete(id)
    open.resolve(answer)
    return true
  }
}
