import type { Conversation } from "../world/conversation.js"

/** A group in which people and bots write. */
export class SimulatedGroup {
  readonly #conversation: Conversation

  /**
   * Made by `telegram.group()`.
   *
   * @internal
   */
  constructor(conversation: Conversation) {
    this.#conversation = conversation
  }

  /** Negative. */
  get id(): number {
    return this.#conversation.chat.id
  }

  /** The title above the chat. */
  get title(): string {
    return this.#conversation.chat.title ?? ""
  }
}
