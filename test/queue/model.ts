/** An update in the model. */
export interface ModelUpdate {
  readonly id: number
  readonly chat: number
  attempts: number
  /** Early: stored, but not to be taken before its turn. */
  state: "waiting" | "early" | "held" | "aside"
}

/** What a queue should do, as simply as it can be said: a list, searched from its start. */
export class Model {
  stored: ModelUpdate[] = []
  aside: ModelUpdate[] = []
  readonly handled = new Set<number>()

  knows(id: number): boolean {
    return this.handled.has(id) || [...this.stored, ...this.aside].some((one) => one.id === id)
  }

  get waiting(): ModelUpdate[] {
    return this.stored.filter(({ state }) => state === "waiting" || state === "early")
  }

  /** Those that wait for their turn. */
  get early(): ModelUpdate[] {
    return this.stored.filter(({ state }) => state === "early")
  }

  put(id: number, chat: number, state: "waiting" | "early" = "waiting"): void {
    if (!this.knows(id)) this.stored.push({ id, chat, attempts: 0, state })
  }

  /** It is the turn of one that was early: it goes behind all others. */
  comeTo(update: ModelUpdate): void {
    update.state = "waiting"
    this.remove(update)
    this.stored.push(update)
  }

  take(): ModelUpdate | undefined {
    const next = this.stored.find((one) => this.#isFirst(one) && one.state === "waiting")
    if (next) Object.assign(next, { state: "held", attempts: next.attempts + 1 })
    return next
  }

  remove(update: ModelUpdate): void {
    this.stored = this.stored.filter((one) => one !== update)
  }

  #isFirst(update: ModelUpdate): boolean {
    return (
      this.stored.find(({ chat, state }) => chat === update.chat && state !== "early") === update
    )
  }
}
