import type { BotAccount } from "../delivery/bot-account.js"
import type { EventState } from "../delivery/event-queue.js"
import type { Conversation } from "../world/conversation.js"
import type { World } from "../world/world.js"

/** The message that an update carries. */
interface Carried {
  readonly where: Conversation
  readonly messageId: number
}

/** An update that has left the queue of its bot. */
export interface LeftUpdate {
  readonly bot: number
  readonly id: number
  readonly state: Exclude<EventState, "pending">
  /** The message of a person that it carries. */
  readonly carried: Carried | undefined
}

/** The updates that wait in the queues of the bots. */
export class PendingUpdates {
  readonly #world: World
  readonly #byBot = new Map<number, Map<number, Carried | undefined>>()
  readonly #left: (update: LeftUpdate) => void

  /** @param left called with every update that has left its queue, at the next check */
  constructor(world: World, left: (update: LeftUpdate) => void) {
    this.#world = world
    this.#left = left
    for (const where of world.conversations()) {
      for (const messageId of where.updates.keys()) this.carry(where, messageId)
    }
  }

  /** Adds an update. */
  add(bot: number, id: number, carried?: Carried): void {
    const pending = this.#byBot.get(bot)
    if (pending === undefined) this.#byBot.set(bot, new Map([[id, carried]]))
    else pending.set(id, carried ?? pending.get(id))
  }

  /** Adds the updates that carry a message. */
  carry(where: Conversation, messageId: number): void {
    for (const [botId, id] of where.updates.get(messageId) ?? []) {
      const bot = this.#world.bots.get(botId)
      if (bot?.queue.stateOf(id) === "pending") this.add(botId, id, { where, messageId })
    }
  }

  /** Reports the updates that have left their queues since the last check. */
  check(): void {
    for (const [botId, pending] of this.#byBot) {
      const bot = this.#world.bots.get(botId)
      if (bot !== undefined) this.#checkBot(bot, pending)
    }
  }

  #checkBot({ me, queue }: BotAccount, pending: Map<number, Carried | undefined>): void {
    for (const [id, carried] of pending) {
      const state = queue.stateOf(id)
      if (state === "pending") continue
      pending.delete(id)
      this.#left({ bot: me.id, id, state, carried })
    }
  }
}
