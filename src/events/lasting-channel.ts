import { EventChannel } from "./event-channel.js"

/** How many things are remembered at most. */
const keptAtMost = 10_000

/** A channel that tells of what lasts: who comes late finds in {@link LastingChannel.known} what was told. */
export class LastingChannel<Message extends object> extends EventChannel<Message> {
  readonly #keyOf: (message: Message) => string
  readonly #known = new Map<string, Message>()

  /** @param keyOf of what a message tells; a later message with the same takes its place */
  constructor(name: string, keyOf: (message: Message) => string) {
    super(name)
    this.#keyOf = keyOf
  }

  /** Always `true`: what is told is remembered, whoever listens. */
  override get hasSubscribers(): boolean {
    return true
  }

  /** The last message about each thing, the oldest first; of the newest 10,000. */
  get known(): readonly Message[] {
    return [...this.#known.values()]
  }

  /** Remembers it, and tells all who listen, at once and in their order. */
  override publish(message: Message): void {
    const key = this.#keyOf(message)
    this.#known.delete(key)
    this.#known.set(key, message)
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= keptAtMost) break
      this.#known.delete(oldest)
    }
    super.publish(message)
  }
}
