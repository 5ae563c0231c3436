/** What a queue has of one bot, as far as the bots' turns go. */
export interface BotShare<Lane> {
  /** The lanes from which can be taken, in the order in which they come. */
  readonly ready: { readonly isEmpty: boolean; shift(): Lane | undefined }
  /** How many of its updates are held. */
  held: number
  /** Whether it stands in the line. */
  isInLine: boolean
  /** The one behind it in the line. */
  nextInLine: BotShare<Lane> | undefined
}

/**
 * Whose turn it is: bots stand in a line, and one from which was taken goes to its end, so that a bot
 * with many updates delays no other. A bot of which as much is held as may be does not stand in it.
 */
export class BotTurns<Lane> {
  readonly #perBot: number
  #first: BotShare<Lane> | undefined
  #last: BotShare<Lane> | undefined

  /** @param perBot how many updates of one bot may be held at once */
  constructor(perBot: number) {
    this.#perBot = perBot
  }

  /** Whether one more update of a bot may be held. */
  mayHold(share: BotShare<Lane>): boolean {
    return share.held < this.#perBot
  }

  /** Puts a bot into the line, if something can be taken from it. */
  line(share: BotShare<Lane>): void {
    if (share.isInLine || share.held >= this.#perBot || share.ready.isEmpty) return
    share.isInLine = true
    if (this.#last) this.#last.nextInLine = share
    else this.#first = share
    this.#last = share
  }

  /** Removes the first lane of the bot whose turn it is, which is then held. */
  shift(): Lane | undefined {
    for (let share = this.#next(); share; share = this.#next()) {
      const lane = share.held < this.#perBot ? share.ready.shift() : undefined
      if (lane === undefined) continue
      share.held += 1
      this.line(share)
      return lane
    }
    return undefined
  }

  /** One update less of this bot is held. */
  release(share: BotShare<Lane>): void {
    share.held -= 1
    this.line(share)
  }

  #next(): BotShare<Lane> | undefined {
    const share = this.#first
    if (!share) return undefined
    this.#first = share.nextInLine
    if (!this.#first) this.#last = undefined
    share.nextInLine = undefined
    share.isInLine = false
    return share
  }
}
