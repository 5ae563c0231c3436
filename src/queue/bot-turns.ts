/**
 * The state of one bot in {@link BotTurns}. Each queue implements this interface with its own object
 * per bot.
 */
export interface BotTurn<Lane> {
  /** The lanes from which an update can be taken, in the order in which they are to be taken. */
  readonly ready: { readonly isEmpty: boolean; shift(): Lane | undefined }
  /** The number of this bot's updates in workers' hands. */
  held: number
  /** True while this bot is in the line. */
  isInLine: boolean
  /** The next bot in the line. */
  nextInLine: BotTurn<Lane> | undefined
}

/**
 * A line of the bots from which an update can be taken. Each take serves the first bot of the line,
 * which then goes to the end, so that a bot with many updates delays no other bot. A bot without a
 * ready lane, and a bot with `perBot` updates in workers' hands, is not in the line.
 */
export class BotTurns<Lane> {
  readonly #perBot: number
  #first: BotTurn<Lane> | undefined
  #last: BotTurn<Lane> | undefined

  /** @param perBot the maximum number of updates of one bot in workers' hands at once */
  constructor(perBot: number) {
    this.#perBot = perBot
  }

  /** Returns true if a worker may take another update of this bot. */
  mayHold(bot: BotTurn<Lane>): boolean {
    return bot.held < this.#perBot
  }

  /** Adds a bot at the end of the line if an update of this bot can be taken now. */
  enqueue(bot: BotTurn<Lane>): void {
    if (bot.isInLine || bot.held >= this.#perBot || bot.ready.isEmpty) return
    bot.isInLine = true
    if (this.#last) this.#last.nextInLine = bot
    else this.#first = bot
    this.#last = bot
  }

  /**
   * Removes and returns the first ready lane of the bot whose turn it is. The first update of this lane
   * then counts as held. Returns `undefined` if no bot has a turn.
   */
  shift(): Lane | undefined {
    for (let bot = this.#dequeue(); bot; bot = this.#dequeue()) {
      const lane = bot.held < this.#perBot ? bot.ready.shift() : undefined
      if (lane === undefined) continue
      bot.held += 1
      this.enqueue(bot)
      return lane
    }
    return undefined
  }

  /** Counts one held update less, after a delivery of this bot has ended. */
  decrementHeld(bot: BotTurn<Lane>): void {
    bot.held -= 1
    this.enqueue(bot)
  }

  #dequeue(): BotTurn<Lane> | undefined {
    const bot = this.#first
    if (!bot) return undefined
    this.#first = bot.nextInLine
    if (!this.#first) this.#last = undefined
    bot.nextInLine = undefined
    bot.isInLine = false
    return bot
  }
}
