import type { Conversation } from "../world/conversation.js"
import type { Verification } from "../world/verifications.js"
import type { World } from "../world/world.js"

/** A group in which people and bots write. */
export class SimulatedGroup {
  readonly #conversation: Conversation
  readonly #world: World

  /**
   * Created by `telegram.group()`.
   *
   * @internal
   */
  constructor(conversation: Conversation, world: World) {
    this.#conversation = conversation
    this.#world = world
  }

  /** The id, a negative number. */
  get id(): number {
    return this.#conversation.chat.id
  }

  /** The verification by the bot of an organization; `undefined` without one. */
  get verification(): Verification | undefined {
    return this.#world.verifications.of(this.id)
  }

  /** The title. */
  get title(): string {
    return this.#conversation.chat.title ?? ""
  }
}
