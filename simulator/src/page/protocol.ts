/**
 * The protocol between the chat page and its server: types only, so that both sides share them.
 *
 * @module
 */
import type { Chat, Message, User } from "@grammyjs/types"
import type { ChatEvent } from "../world/chat-event.js"
import type { MessageDraft } from "../world/message-draft.js"
import type { Receipt } from "../world/receipt.js"

/** A bot, with its way of receiving. */
export interface PageBot {
  readonly id: number
  readonly token: string
  readonly username: string
  readonly first_name: string
  /** Whether the bot supports inline queries. */
  readonly hasInlineMode: boolean
  readonly commands: readonly { readonly command: string; readonly description: string }[]
}

/** A person. */
export interface PagePerson {
  readonly user: User
  /** The ids of the bots that are blocked. */
  readonly blocked: readonly number[]
  /** The keyboards below the person's text field, by the key of the chat. */
  readonly keyboards: Readonly<Record<string, ReplyKeyboard>>
}

/** A chat without its messages. */
export interface PageChat {
  /** The key: `bot:person` for a private chat, otherwise the id of the chat. */
  readonly key: string
  readonly chat: Chat
  /** The names of the two people in a chat of a business account; absent in any other chat. */
  readonly title?: string
  readonly people: readonly number[]
  readonly bots: readonly number[]
  /** The ids of the administrators. */
  readonly administrators: readonly number[]
  /** The topics of a forum, the general one first; empty in any other chat. */
  readonly topics: readonly PageTopic[]
  readonly count: number
  /** False for a chat that exists only on the page, because the person has not written yet. */
  readonly isBegun?: false
  readonly last?: Message
  /** The ids of the pinned messages, the last one pinned last. */
  readonly pinnedIds: readonly number[]
  /** The message that was pinned last. */
  readonly pinned?: Message
}

/** A topic of a forum. */
export interface PageTopic {
  /** The `message_thread_id`; 1 for the general topic, whose messages carry none. */
  readonly id: number
  readonly name: string
  /** The colour as an RGB number. */
  readonly iconColor: number
  readonly isClosed: boolean
  readonly isHidden: boolean
}

/** The keyboard below a person's text field. */
export interface ReplyKeyboard {
  readonly rows: readonly (readonly ReplyKey[])[]
  readonly placeholder?: string
}

/** A key below a person's text field. */
export interface ReplyKey {
  readonly text: string
  /** The content that the person chooses before the key is pressed. */
  readonly asks?: KeyRequest
}

/** The content that a key requests. */
export type KeyRequest =
  | { readonly kind: "users"; readonly max: number; readonly isBot?: boolean }
  | { readonly kind: "chat"; readonly isChannel: boolean }
  | { readonly kind: "poll"; readonly isQuiz: boolean }
  | { readonly kind: "bot"; readonly firstName: string; readonly username: string }
  | { readonly kind: "app" }

/** One attempt to deliver an update to a webhook. */
export interface PageAttempt {
  /** Unix time in milliseconds. */
  readonly at: number
  readonly endedAt: number
  readonly status?: number
  readonly error?: string
}

/**
 * The state of an update's delivery to the bot; `unsent` because of privacy mode, `excluded` because of
 * `allowed_updates`.
 */
export type UpdateState =
  | "waiting"
  | "sending"
  | "retrying"
  | "delivered"
  | "dropped"
  | "given"
  | "confirmed"
  | "unsent"
  | "excluded"

/** An update with its deliveries. */
export interface PageUpdate {
  readonly bot: number
  /** The `update_id`; negative for an update that the bot was not sent. */
  readonly id: number
  readonly type: string
  /** The payload as JSON; shortened if it is long. */
  readonly payload: string
  readonly putAt: number
  readonly state: UpdateState
  readonly attempts: readonly PageAttempt[]
  /** The number of attempts, including those that are no longer listed. */
  readonly attemptCount: number
  /** The time of the next attempt, as Unix time in milliseconds. */
  readonly nextAt?: number
  /** Whether the bot has answered; only for a button press. */
  readonly isAnswered?: boolean
}

/** A call of a bot. */
export interface PageCall {
  /** The number of the call, counted from the start. */
  readonly id: number
  readonly bot: number
  readonly method: string
  readonly params: Readonly<Record<string, string>>
  /** The names of the parameters that were sent as files. */
  readonly files: readonly string[]
  /** The HTTP status; 0 without an answer. */
  readonly status: number
  /** The description of the fault that the call got. */
  readonly fault?: string
  readonly at: number
  /** The response as JSON; shortened if it is long. */
  readonly answer: string
}

/** A fault that further calls of bots will get. */
export interface PageFault {
  readonly id: number
  /** The method in lower case; `"*"` stands for any method. */
  readonly method: string
  /** The description of the fault. */
  readonly words: string
  /** The number of calls that will still get it. */
  readonly left: number
}

/** The current way in which a bot receives. */
export interface PageReceiving {
  readonly bot: number
  /** Whether a call of `getUpdates` waits, or has ended some seconds ago at most. */
  readonly isPolling: boolean
  /** The result of `getWebhookInfo`. */
  readonly info: Readonly<Record<string, unknown>>
}

/** Reactions and votes of a message, by the id of the person or bot, and its receipt. */
export interface PageMark {
  /** Emoji, or the ids of custom emoji. */
  readonly reactions: Readonly<Record<string, readonly string[]>>
  /** The chosen options of the poll, by their numbers. */
  readonly votes: Readonly<Record<string, readonly number[]>>
  /** The receipt of a person's message. */
  readonly receipt?: Receipt
}

/** The state of a message that a bot is writing. */
export type PageDraft = MessageDraft

/** A bot's answer to `@bot query`. */
export interface PageInlineAnswer {
  /** The id of the inline query. */
  readonly id: string
  readonly bot: number
  readonly person: number
  readonly query: string
  readonly results: readonly PageInlineResult[]
}

/** A result of an inline query. */
export interface PageInlineResult {
  readonly id: string
  readonly type: string
  readonly title: string
  readonly description: string
}

/** The state of the page at its connection. */
export interface PageSnapshot {
  readonly kind: "snapshot"
  readonly apiRoot: string
  readonly isLocal: boolean
  readonly bots: readonly PageBot[]
  readonly people: readonly PagePerson[]
  readonly chats: readonly PageChat[]
  readonly updates: readonly PageUpdate[]
  readonly calls: readonly PageCall[]
  readonly receiving: readonly PageReceiving[]
  readonly faults: readonly PageFault[]
}

/** A change of the page's state. */
export type PageEvent =
  | PageSnapshot
  | { readonly kind: "bot"; readonly bot: PageBot }
  | { readonly kind: "person"; readonly person: PagePerson }
  | { readonly kind: "chat"; readonly chat: PageChat }
  | ChatEvent<{ readonly chat: string }>
  | {
      readonly kind: "mark"
      readonly chat: string
      readonly messageId: number
      readonly mark: PageMark | null
    }
  | {
      readonly kind: "action"
      readonly chat: string
      readonly bot: number
      readonly action: string
    }
  | {
      readonly kind: "draft"
      readonly chat: string
      readonly draft: PageDraft
      /** Whether the person has stopped the draft. */
      readonly isStopped?: true
    }
  | {
      readonly kind: "callback"
      /** The id of the callback query. */
      readonly id: string
      readonly person: number
      readonly chat: string
      readonly messageId: number
      readonly text: string
      readonly showAlert: boolean
      readonly url?: string
    }
  | { readonly kind: "inline"; readonly answer: PageInlineAnswer }
  | { readonly kind: "update"; readonly update: PageUpdate }
  | { readonly kind: "call"; readonly call: PageCall }
  | { readonly kind: "receiving"; readonly receiving: PageReceiving }
  | { readonly kind: "faults"; readonly faults: readonly PageFault[] }

/** A range of a chat's messages, oldest first. */
export interface PageMessages {
  readonly messages: readonly Message[]
  /** The marks by the id of their message. */
  readonly marks: Readonly<Record<string, PageMark>>
  /** Whether there are older messages. */
  readonly more: boolean
}
