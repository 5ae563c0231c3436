/** An update in the model. */
export interface ModelUpdate {
  readonly id: number
  readonly chat: number
  attempts: number
  /** A `parked` update is stored, but not taken before it is unparked. */
  state: "waiting" | "parked" | "held" | "aside"
}

/** A queue as simple as possible: a list that is searched from its start. */
export class Model {
  stored: ModelUpdate[] = []
  aside: ModelUpdate[] = []
  readonly handled = new Set<number>()
  /** The update of each chat that last wrote the value of the chat. */
  readonly values = new Map<number, number>()

  knows(id: number): boolean {
    return this.handled.has(id) || [...this.stored, ...this.aside].some((one) => one.id === id)
  }

  get waiting(): ModelUpdate[] {
    return this.stored.filter(({ state }) => state === "waiting" || state === "parked")
  }

  /** The parked updates. */
  get parked(): ModelUpdate[] {
    return this.stored.filter(({ state }) => state === "parked")
  }

  put(id: number, chat: number, state: "waiting" | "parked" = "waiting"): void {
    if (!this.knows(id)) this.stored.push({ id, chat, attempts: 0, state })
  }

  /** Unparks an update: it goes behind all others. */
  unpark(update: ModelUpdate): void {
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
      this.stored.find(({ chat, state }) => chat === update.chat && state !== "parked") === update
    )
  }
}
