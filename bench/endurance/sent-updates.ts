import { monotonicMs } from "../delivery/clock.js"

/** The updates that Telegram sends, numbered from 1: each of a chat that follows from its number. */
export class SentUpdates {
  readonly total: number
  readonly #chats: number
  readonly #acknowledgedAt: Float64Array
  #released = 0
  #acknowledged = 0
  /** Called when more can be sent. */
  onRelease: (from: number, to: number) => void = () => {}

  /** @param total how many there are at most */
  constructor(total: number, chats: number) {
    this.total = total
    this.#chats = chats
    this.#acknowledgedAt = new Float64Array(total + 1)
  }

  /** How many have come into being. */
  get released(): number {
    return this.#released
  }

  /** How many Telegram may forget. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Has them come into being up to a number. */
  release(to: number): void {
    const from = this.#released + 1
    this.#released = Math.max(this.#released, Math.min(Math.floor(to), this.total))
    if (this.#released >= from) this.onRelease(from, this.#released)
  }

  /** Notes that the bot has taken one. */
  acknowledge(id: number): void {
    if (this.#acknowledgedAt[id] !== 0) return
    this.#acknowledgedAt[id] = monotonicMs()
    this.#acknowledged += 1
  }

  /** When the bot took one, on the machine's monotonic clock; 0 where it has not. */
  acknowledgedAt(id: number): number {
    return this.#acknowledgedAt[id] ?? 0
  }

  /** The chat of one: neighbours are of the same chat now and then. */
  chatOf(id: number): number {
    return 1 + ((Math.imul(id, 2_654_435_761) >>> 8) % this.#chats)
  }

  /** One as Telegram sends it. */
  json(id: number): string {
    const chat = this.chatOf(id)
    const who = `{"id":${chat},"first_name":"Ada","type":"private"}`
    return (
      `{"update_id":${id},"message":{"message_id":${id},"date":1700000000,"chat":${who},` +
      `"from":{"id":${chat},"is_bot":false,"first_name":"Ada"},"text":"Message ${id} of this chat"}}`
    )
  }
}
