import type { Conversation } from "../world/conversation.js"

/** A group in which people and bots write. */
export class SimulatedGroup {
  readonly #conversation: Conversation

  /**
   * Created by `telegram.group()`.
   *
   * @internal
   */
  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  /** The id, a negative number. */
  get id(): number {
    return this.#conversation.chat.id
  }

  /** The title. */
  get title(): string {
    return this.#conversation.chat.title ?? ""
  }
}
