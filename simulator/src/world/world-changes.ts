import type { BotAccount } from "../delivery/bot-account.js"
import type { ChatEvent } from "./chat-event.js"
import type { Conversation } from "./conversation.js"
import type { PressAnswer, Person } from "./person.js"

/**
 * Something that has just changed in a world:
 * - `bot`, `person`: there is one more
 * - `chat`: it was opened, or its members or its title have changed
 * - `message`, `edit`, `delete`: what is written in a chat
 * - `reactions`: those to a message
 * - `action`: a bot shows that it is typing, or sends a file
 * - `callback`: a bot has answered the press on a button
 * - `keyboards`: a person sees another reply keyboard, or one less
 * - `commands`: a bot has changed its menu
 * - `update`: one was put into a bot's queue (`json` is `"type":{…}`), is being sent to its webhook,
 *   or waits for its next attempt (`until`, Unix time in milliseconds)
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
  | { readonly kind: "keyboards"; readonly person: Person }
  | { readonly kind: "commands"; readonly bot: BotAccount }
  | ({ readonly kind: "update"; readonly botId: number; readonly updateId: number } & (
      | { readonly step: "put"; readonly json: string }
      | { readonly step: "sent" }
      | { readonly step: "waits"; readonly until: number }
    ))

/** Tells whoever watches a world what changes in it, at once and in order. */
export class WorldChanges {
  readonly #listeners = new Set<(change: WorldChange) => void>()

  /** Calls a listener with every change. Returns a function that stops it. */
  subscribe(listener: (change: WorldChange) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Something has changed. */
  announce(change: WorldChange): void {
    for (const listener of this.#listeners) listener(change)
  }
}
