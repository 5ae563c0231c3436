import type { Message } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"

/** The maximum number of stored ephemeral messages per chat; older ones count as expired. */
const keptMessages = 1_000

/** An ephemeral message, whose `message_id` is 0. */
export type EphemeralMessage = Message &
  Required<Pick<Message, "ephemeral_message_id" | "receiver_user" | "from">>

/** The messages of a group that only one person and one bot see. */
export class EphemeralMessages {
  readonly #messages = new BoundedMap<number, EphemeralMessage>(keptMessages)
  readonly #after = new BoundedMap<number, number>(keptMessages)
  #last = 0

  /** Returns the id of the next message, and increments the counter. */
  nextId(): number {
    this.#last += 1
    return this.#last
  }

  /** Stores a new message, which is shown after the ordinary message with the id `after`. */
  add(message: EphemeralMessage, after: number): void {
    this.#after.set(message.ephemeral_message_id, after)
    this.keep(message)
  }

  /** Stores a message in place of its former version. */
  keep(message: EphemeralMessage): void {
    this.#messages.set(message.ephemeral_message_id, message)
  }

  /** Returns a message by its id; `undefined` if it was deleted. */
  get(id: number): EphemeralMessage | undefined {
    return this.#messages.get(id)
  }

  /** Removes a message. Returns false if there is none. */
  forget(id: number): boolean {
    return this.#messages.delete(id)
  }

  /**
   * Returns the place of a message in the chat: a number above the id of the message before it and below that
   * of the next one.
   */
  placeOf({ ephemeral_message_id: id }: EphemeralMessage): number {
    return (this.#after.get(id) ?? 0) + id / (id + 1_000)
  }

  /** Returns the message at a place. */
  at(place: number): EphemeralMessage | undefined {
    return [...this.#messages.values()].find((message) => this.placeOf(message) === place)
  }

  /** Iterates over the messages, the oldest first. */
  values(): Iterable<EphemeralMessage> {
    return this.#messages.values()
  }
}

/** Returns whether a message is an ephemeral one. */
export function isEphemeral(message: Message): message is EphemeralMessage {
  return message.ephemeral_message_id !== undefined
}
