import { BoundedMap } from "../ground/bounded-map.js"
import type { PressAnswer } from "./person.js"

interface Open {
  readonly botId: number
  readonly resolve: (answer: PressAnswer) => void
}

/** A press of a button. */
export interface PressFacts {
  readonly botId: number
  readonly userId: number
  readonly chatId: number
  /** Unix time in seconds. */
  readonly at: number
}

/** The presses of buttons: those that no bot has answered yet, and the last 1,000. */
export class CallbackQueries {
  readonly #open = new BoundedMap<string, Open>()
  readonly #recent = new BoundedMap<string, PressFacts>(1_000)

  /** Adds a query. Resolves with the bot's answer. */
  opened(id: string, press: PressFacts): Promise<PressAnswer> {
    this.#recent.set(id, press)
    const { botId } = press
    return new Promise((resolve) => void this.#open.set(id, { botId, resolve }))
  }

  /** Returns the press of a query's id, answered or not; `undefined` if it is unknown. */
  recent(id: string): PressFacts | undefined {
    return this.#recent.get(id)
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
