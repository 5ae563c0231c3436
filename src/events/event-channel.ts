/**
 * The channels on which Sounder publishes its work: each event is a message on a channel of
 * `node:diagnostics_channel` with a stable name. A channel without subscribers costs a few
 * nanoseconds. On runtimes without that module the channels are Sounder's own.
 *
 * @module
 */

/** A function that gets the messages of a channel. It must not throw: an error is an uncaught exception. */
export type EventListener<Message> = (message: Message) => void

/** The part of a channel of `node:diagnostics_channel` that Sounder uses. */
interface Carrier {
  readonly hasSubscribers: boolean
  publish(message: unknown): void
  subscribe(listener: (message: unknown) => void): void
  unsubscribe(listener: (message: unknown) => void): unknown
}

/** A channel for one kind of event. */
export class EventChannel<Message extends object> {
  /** The name of the channel of `node:diagnostics_channel`. */
  readonly name: string
  readonly #carrier: Carrier

  constructor(name: string) {
    this.name = name
    this.#carrier = carrierOf(name)
  }

  /** Whether the channel has subscribers. Without subscribers, a publisher need not create the message. */
  get hasSubscribers(): boolean {
    return this.#carrier.hasSubscribers
  }

  /** Publishes a message to all subscribers, synchronously and in the order of subscription. */
  publish(message: Message): void {
    this.#carrier.publish(message)
  }

  /** Subscribes a listener. Returns a function that unsubscribes it. */
  subscribe(listener: EventListener<Message>): () => void {
    // A new function, so that a listener that is subscribed twice is called twice. The message has the
    // channel's type, because only Sounder publishes on channels with these names.
    const listen = (message: unknown) => listener(message as Message)
    this.#carrier.subscribe(listen)
    return () => void this.#carrier.unsubscribe(listen)
  }
}

/** A channel for runtimes without `node:diagnostics_channel`. */
class OwnCarrier implements Carrier {
  #listeners: readonly ((message: unknown) => void)[] = []

  get hasSubscribers(): boolean {
    return this.#listeners.length > 0
  }

  publish(message: unknown): void {
    for (const listener of this.#listeners) call(listener, message)
  }

  subscribe(listener: (message: unknown) => void): void {
    this.#listeners = [...this.#listeners, listener]
  }

  unsubscribe(listener: (message: unknown) => void): void {
    this.#listeners = this.#listeners.filter((other) => other !== listener)
  }
}

/**
 * Calls a listener. As on Node, an error of the listener stops neither the next listener nor the publisher:
 * it becomes an uncaught exception.
 */
function call(listener: (message: unknown) => void, message: unknown): void {
  try {
    listener(message)
  } catch (error) {
    queueMicrotask(() => {
      throw error
    })
  }
}

function carrierOf(name: string): Carrier {
  return builtinChannels()?.channel(name) ?? new OwnCarrier()
}

/**
 * Returns `node:diagnostics_channel`; `undefined` on runtimes without that module, where
 * an import of the module would fail.
 */
function builtinChannels(): typeof import("node:diagnostics_channel") | undefined {
  return globalThis.process?.getBuiltinModule?.("node:diagnostics_channel")
}
