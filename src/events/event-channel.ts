/**
 * What Sounder does can be watched: each thing that happens is a message on a channel of
 * `node:diagnostics_channel`, by a name that stays. Where nobody subscribes, a channel costs a few
 * nanoseconds. On runtimes without that module the channels are Sounder's own.
 *
 * @module
 */

/** Gets the messages of a channel. What it throws is, on Node, an uncaught exception: throw nothing. */
export type EventListener<Message> = (message: Message) => void

/** What is used of a channel of `node:diagnostics_channel`. */
interface Carrier {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
  subscribe(listener: (message: unknown) => void): void
  unsubscribe(listener: (message: unknown) => void): unknown
}

/** One kind of thing that happens, by its name. */
export class EventChannel<Message extends object> {
  /** The name of the channel of `node:diagnostics_channel`. */
  readonly name: string
  readonly #carrier: Carrier

  constructor(name: string) {
    this.name = name
    this.#carrier = carrierOf(name)
  }

  /** Whether anyone listens. Where nobody does, no message need be made. */
  get hasSubscribers(): boolean {
    return this.#carrier.hasSubscribers
  }

  /** Tells all who listen, at once and in their order. */
  publish(message: Message): void {
    this.#carrier.publish(message)
  }

  /** Listens from now on; what is answered listens no more when it is called. */
  subscribe(listener: EventListener<Message>): () => void {
    // A function of its own, so that one listener that subscribes twice is two.
    // Nobody else publishes under these names.
    const listen = (message: unknown) => listener(message as Message)
    this.#carrier.subscribe(listen)
    return () => void this.#carrier.unsubscribe(listen)
  }
}

/** Stands in for a channel where the runtime has none. */
class OwnCarrier implements Carrier {
  #listeners: readonly ((message: unknown) => void)[] = []

  get hasSubscribers(): boolean {
    return this.#listeners.length > 0
  }

  publish(message: unknown): void {
    for (const listener of this.#listeners) listener(message)
  }

  subscribe(listener: (message: unknown) => void): void {
    this.#listeners = [...this.#listeners, listener]
  }

  unsubscribe(listener: (message: unknown) => void): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }
}

function carrierOf(name: string): Carrier {
  return builtinChannels()?.channel(name) ?? new OwnCarrier()
}

/** Not imported, because this is loaded on runtimes that have no module of that name. */
function builtinChannels(): typeof import("node:diagnostics_channel") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:diagnostics_channel")
}
