/** An update in the model. */
export interface ModelUpdate {
  readonly id: number
  readonly chat: number
  attempts: number
  state: "waiting" | "held" | "aside"
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
    return this.stored.filter(({ state }) => state === "waiting")
  }

  put(id: number, chat: number): void {
    if (!this.knows(id)) this.stored.push({ id, chat, attempts: 0, state: "waiting" })
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
    return this.stored.find(({ chat }) => chat === update.chat) === update
  }
}
