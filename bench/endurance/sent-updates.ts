import { monotonicMs } from "../delivery/clock.js"

/** The updates that Telegram sends, numbered from 1; the number determines the chat. */
export class SentUpdates {
  readonly total: number
  readonly #chats: number
  readonly #acknowledgedAt: Float64Array
  #released = 0
  #acknowledged = 0
  /** Called when more updates can be sent. */
  onRelease: (from: number, to: number) => void = () => {}

  /** @param total the maximum number of updates */
  constructor(total: number, chats: number) {
    this.total = total
    this.#chats = chats
    this.#acknowledgedAt = new Float64Array(total + 1)
  }

  /** The number of created updates. */
  get released(): number {
    return this.#released
  }

  /** The number of acknowledged updates. */
  get acknowledged(): number {
    return this.#acknowledged
  }

  /** Creates updates up to a number. */
  release(to: number): void {
    const from = this.#released + 1
    this.#released = Math.max(this.#released, Math.min(Math.floor(to), this.total))
    if (this.#released >= from) this.onRelease(from, this.#released)
  }

  /** Records the acknowledgement of an update. */
  acknowledge(id: number): void {
    if (this.#acknowledgedAt[id] !== 0) return
    this.#acknowledgedAt[id] = monotonicMs()
    this.#acknowledged += 1
  }

  /**
   * Returns the time of an update's acknowledgement, on the machine's monotonic clock; 0 before.
   */
  acknowledgedAt(id: number): number {
    return this.#acknowledgedAt[id] ?? 0
  }

  /** Returns the chat of an update: successive updates sometimes share a chat. */
  chatOf(id: number): number {
    return 1 + ((Math.imul(id, 2_654_435_761) >>> 8) % this.#chats)
  }

  /** Returns an update as Telegram's JSON. */
  json(id: number): string {
    const chat = this.chatOf(id)
    const who = `{"id":${chat},"first_name":"Ada","type":"private"}`
    return (
      `{"update_id":${id},"message":{"message_id":${id},"date":1700000000,"chat":${who},` +
      `"from":{"id":${chat},"is_bot":false,"first_name":"Ada"},"text":"Message ${id} of this chat"}}`
    )
  }
}
