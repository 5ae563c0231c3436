import type { SimulatedBot, Simulator } from "@sounder/simulator"
import { monotonicMs } from "./clock.js"
import type { Sent } from "./judge.js"
import type { Planned } from "./workload.js"

interface Known extends Sent {
  forgottenAt: number | undefined
  isExpired: boolean
  sentAt: number | undefined
}

/** Telegram's record: the updates, and the times at which they were acknowledged. */
export class TelegramRecord {
  readonly sent: Known[] = []
  /** The number of updates that Telegram's queue had no room for. */
  refused = 0
  readonly #bot: SimulatedBot
  readonly #known = new Map<number, Known>()
  readonly #stop: (() => void)[] = []
  #confirmed = 0

  constructor(telegram: Simulator, bot: SimulatedBot) {
    this.#bot = bot
    this.#stop.push(
      telegram.deliveries.subscribe(({ updateId, outcome, sentAt }) => {
        const sentUpdate = this.#known.get(updateId)
        if (!sentUpdate) return
        if (outcome === "dropped") sentUpdate.isExpired = true
        if (outcome !== "delivered" || sentUpdate.forgottenAt !== undefined) return
        sentUpdate.forgottenAt = monotonicMs()
        sentUpdate.sentAt = sentAt
      }),
      telegram.calls.subscribe(({ method }) => {
        if (method === "getUpdates") this.notePolling()
      }),
    )
  }

  /** Creates an update. */
  push({ chat, update }: Planned): void {
    const id = this.#bot.push(update)
    if (id === undefined) {
      this.refused += 1
      return
    }
    const at = monotonicMs()
    const none = { forgottenAt: undefined, sentAt: undefined, isExpired: false }
    const sentUpdate = { update: id, chat, at, ...none }
    this.sent.push(sentUpdate)
    this.#known.set(id, sentUpdate)
  }

  /**
   * Records acknowledgements by polling: in the order of the ids, so that the pending updates are
   * the newest.
   */
  notePolling(): void {
    const now = monotonicMs()
    const confirmed = this.sent.length - this.#bot.pendingUpdateCount
    for (; this.#confirmed < confirmed; this.#confirmed += 1) {
      const sentUpdate = this.sent[this.#confirmed]
      if (sentUpdate) sentUpdate.forgottenAt ??= now
    }
  }

  /** Removes the listeners. */
  close(): void {
    for (const stop of this.#stop) stop()
  }
}
