import { EventChannel } from "./event-channel.js"

/** The maximum number of remembered messages. */
const maxMessages = 10_000

/**
 * A channel that remembers its messages: a late subscriber finds the earlier messages in
 * {@link LastingChannel.known}.
 */
export class LastingChannel<Message extends object> extends EventChannel<Message> {
  readonly #keyOf: (message: Message) => string
  readonly #known = new Map<string, Message>()

  /** @param keyOf returns the key of a message; a later message with the same key replaces it */
  constructor(name: string, keyOf: (message: Message) => string) {
    super(name)
    this.#keyOf = keyOf
  }

  /** Always `true`, because the channel remembers messages even without subscribers. */
  override get hasSubscribers(): boolean {
    return true
  }

  /** The last message for each key, the oldest first; the newest 10,000 only. */
  get known(): readonly Message[] {
    return [...this.#known.values()]
  }

  /** Remembers a message, and publishes it to all subscribers. */
  override publish(message: Message): void {
    const key = this.#keyOf(message)
    this.#known.delete(key)
    this.#known.set(key, message)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= maxMessages) break
      this.#known.delete(oldest)
    }
    super.publish(message)
  }
}
