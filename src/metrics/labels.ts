/**
 * The values of labels. The number of values is bounded, because Prometheus stores a series for each value.
 *
 * @module
 */
import { methodNames } from "../bot/method-names.generated.js"
import { ownType } from "../telegram/own-update.js"
import { updateTypes } from "../telegram/update-types.js"

/** The values of the label `bot`: the ids of the first bots, up to a maximum number. */
export class BotLabel {
  readonly #names = new Map<number, string>()
  readonly #maxBots: number

  /** @param maxBots the number of bots with a label of their own; 0 for no label */
  constructor(maxBots: number) {
    this.#maxBots = maxBots
  }

  /**
   * Returns the label's value: the id, `other` for bots beyond the maximum, empty without a label.
   */
  label(botId: number | undefined): string {
    if (this.#maxBots === 0 || botId === undefined) return ""
    const existing = this.#names.get(botId)
    if (existing !== undefined) return existing
    if (this.#names.size >= this.#maxBots) return "other"
    const name = String(botId)
    this.#names.set(botId, name)
    return name
  }
}

const methods: ReadonlySet<string> = new Set([...methodNames, "download"])

/** Returns the label of a method: a method of the Bot API, `download`, or `other`. */
export function methodLabel(method: string): string {
  return methods.has(method) ? method : "other"
}

const types: ReadonlySet<string> = new Set([...updateTypes, ownType])

/** Returns the label of an update's type: a type of the Bot API, `own`, or `other`. */
export function typeLabel(type: string | undefined): string {
  return type !== undefined && types.has(type) ? type : "other"
}
