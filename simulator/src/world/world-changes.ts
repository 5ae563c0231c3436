import type { Message } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import type { ChatEvent } from "./chat-event.js"
import type { Conversation } from "./conversation.js"
import type { PressAnswer, Person } from "./person.js"

/**
 * A change in a world:
 * - `bot`, `person`: a new one exists
 * - `chat`: a new one, or other members or another title
 * - `message`, `edit`, `delete`: a change of a chat's messages
 * - `reactions`: a change of a message's reactions
 * - `action`: a bot shows that it is typing, or sends a file
 * - `callback`: a bot has answered a button press
 * - `unseen`: privacy mode has kept a message of a group from a bot
 * - `keyboards`: a person's reply keyboards have changed
 * - `commands`: a bot has changed its menu
 * - `update`: an update was queued (`json` is `"type":{…}`), is being sent to its webhook, or waits
 * for its next attempt (`until`, Unix time in milliseconds)
 */
export type WorldChange =
  | { readonly kind: "bot"; readonly bot: BotAccount }
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "chat"; readonly where: Conversation }
  | ChatEvent<{ readonly where: Conversation }>
  | { readonly kind: "reactions"; readonly where: Conversation; readonly messageId: number }
  | {
      readonly kind: "action"
      readonly where: Conversation
      readonly bot: BotAccount
      readonly action: string
    }
  | {
      readonly kind: "callback"
      readonly queryId: string
      readonly bot: BotAccount
      readonly answer: PressAnswer
    }
  | { readonly kind: "unseen"; readonly bot: BotAccount; readonly message: Message }
  | { readonly kind: "keyboards"; readonly person: Person }
  | { readonly kind: "commands"; readonly bot: BotAccount }
  | ({ readonly kind: "update"; readonly botId: number; readonly updateId: number } & (
      | { readonly step: "put"; readonly json: string }
      | { readonly step: "sent" }
      | { readonly step: "waits"; readonly until: number }
    ))

/** The changes of a world, published to listeners synchronously and in order. */
export class WorldChanges {
  readonly #listeners = new Set<(change: WorldChange) => void>()

  /** Calls a listener with every change. Returns a function that removes the listener. */
  subscribe(listener: (change: WorldChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Notifies the listeners of a change. */
  announce(change: WorldChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
