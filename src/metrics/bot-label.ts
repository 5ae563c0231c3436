/** How a bot appears as a label: by its id, as far as the number of bots is bounded; or not at all. */
export class BotLabel {
  readonly #names = new Map<number, string>()
  readonly #most: number

  /** @param most how many bots have a label of their own; 0 for no label */
  constructor(most: number) {
    this.#most = most
  }

  /** The label's value: the id, `other` for those beyond the most, empty where there is no label. */
  of(botId: number | undefined): string {
    if (this.#most === 0 || botId === undefined) return ""
    const known = this.#names.get(botId)
    if (known !== undefined) return known
    if (this.#names.size >= this.#most) return "other"
    const name = String(botId)
    this.#names.set(botId, name)
    return name
  }
}
