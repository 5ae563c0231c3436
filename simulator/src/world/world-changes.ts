import type { BotAccount } from "../delivery/bot-account.js"
import type { ChatEvent } from "./chat-event.js"
import type { Conversation } from "./conversation.js"
import type { EphemeralMessage } from "./ephemeral-messages.js"
import type { MessageDraft } from "./message-draft.js"
import type { PressAnswer, Person } from "./person.js"

/**
 * A change in a world:
 * - `bot`, `person`: a new one exists
 * - `chat`: a new one, or other members or another title
 * - `message`, `edit`, `delete`: a change of a chat's messages
 * - `ephemeral`: a new, edited or deleted message that one person and one bot see
 * - `reactions`: a change of a message's reactions
 * - `action`: a bot shows that it is typing, or sends a file
 * - `draft`: a state of a message that a bot is writing, or the person has stopped it
 * - `callback`: a bot has answered a button press
 * - `receipt`: the updates of a person's message, new or edited, were queued
 * - `withheld`: an update was not queued, because of privacy mode or of `allowed_updates`
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
  | {
      readonly kind: "ephemeral"
      readonly step: "message" | "edit" | "delete"
      readonly where: Conversation
      readonly message: EphemeralMessage
    }
  | { readonly kind: "reactions"; readonly where: Conversation; readonly messageId: number }
  | {
      readonly kind: "action"
      readonly where: Conversation
      readonly bot: BotAccount
      readonly action: string
    }
  | {
      readonly kind: "draft"
      readonly where: Conversation
      readonly draft: MessageDraft
      readonly isStopped?: true
    }
  | {
      readonly kind: "callback"
      readonly queryId: string
      readonly bot: BotAccount
      readonly answer: PressAnswer
    }
  | { readonly kind: "receipt"; readonly where: Conversation; readonly messageId: number }
  | {
      readonly kind: "withheld"
      readonly botId: number
      readonly type: string
      readonly payload: object
      readonly reason: WithheldReason
    }
  | { readonly kind: "keyboards"; readonly person: Person }
  | { readonly kind: "commands"; readonly bot: BotAccount }
  | ({ readonly kind: "update"; readonly botId: number; readonly updateId: number } & (
      | { readonly step: "put"; readonly json: string }
      | { readonly step: "sent" }
      | { readonly step: "waits"; readonly until: number }
    ))

/** The reason for which a bot is not sent an update. */
export type WithheldReason = "privacy mode" | "not in allowed_updates"

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
