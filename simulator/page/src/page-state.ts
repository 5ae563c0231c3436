import type {
  PageBot,
  PageCall,
  PageChat,
  PageInlineAnswer,
  PageMark,
  PagePerson,
  PageReceiving,
  PageUpdate,
} from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"

/** The messages of a chat that were fetched, oldest first. */
export interface LoadedMessages {
  readonly messages: readonly Message[]
  readonly marks: Readonly<Record<string, PageMark>>
  /** Whether the server has older ones. */
  readonly more: boolean
}

/** Something said once: a note that passes, or an alert that is closed. */
export interface Notice {
  readonly id: number
  readonly text: string
  readonly kind: "note" | "alert" | "error"
  readonly url?: string
}

/** What a bot shows that it is doing. */
export interface ChatAction {
  readonly bot: number
  readonly action: string
  /** Unix time in milliseconds. */
  readonly until: number
}

/** A press of a button that the bot has not answered. */
export interface OpenPress {
  readonly chat: string
  readonly messageId: number
  readonly data: string
}

/** All that the page shows. */
export interface PageState {
  readonly isConnected: boolean
  readonly isReady: boolean
  readonly apiRoot: string
  readonly isLocal: boolean
  readonly bots: ReadonlyMap<number, PageBot>
  readonly people: ReadonlyMap<number, PagePerson>
  readonly chats: ReadonlyMap<string, PageChat>
  readonly loaded: ReadonlyMap<string, LoadedMessages>
  readonly actions: ReadonlyMap<string, ChatAction>
  readonly receiving: ReadonlyMap<number, PageReceiving>
  readonly updates: readonly PageUpdate[]
  readonly calls: readonly PageCall[]
  readonly notices: readonly Notice[]
  /** The presses that no bot has answered, by the ids of their queries. */
  readonly presses: ReadonlyMap<string, OpenPress>
  /** What a bot has answered last to what somebody has typed. */
  readonly inline: PageInlineAnswer | undefined
  /** The person that writes. */
  readonly me: number | undefined
  /** The key of the chat that is open. */
  readonly openChat: string | undefined
  /** The number of the topic that is open in it; `undefined` where all are shown. */
  readonly openTopic: number | undefined
  /** How many messages came in each chat since it was last open. */
  readonly unread: ReadonlyMap<string, number>
}

/** Before the server has said anything. */
export const emptyState: PageState = {
  isConnected: false,
  isReady: false,
  apiRoot: "",
  isLocal: false,
  bots: new Map(),
  people: new Map(),
  chats: new Map(),
  loaded: new Map(),
  actions: new Map(),
  receiving: new Map(),
  updates: [],
  calls: [],
  notices: [],
  presses: new Map(),
  inline: undefined,
  me: undefined,
  openChat: undefined,
  openTopic: undefined,
  unread: new Map(),
}
