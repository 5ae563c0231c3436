import type {
  PageBot,
  PageCall,
  PageChat,
  PageDraft,
  PageFault,
  PageInlineAnswer,
  PageMark,
  PagePerson,
  PageReceiving,
  PageUpdate,
} from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"

/** The loaded messages of a chat, oldest first. */
export interface LoadedMessages {
  readonly messages: readonly Message[]
  readonly marks: Readonly<Record<string, PageMark>>
  /** Whether the server has older ones. */
  readonly more: boolean
}

/** A notice to the person: a note that disappears, or an alert that has to be closed. */
export interface Notice {
  readonly id: number
  readonly text: string
  readonly kind: "note" | "alert" | "error"
  readonly url?: string
}

/** An action that a bot shows, such as typing. */
export interface ChatAction {
  readonly bot: number
  readonly action: string
  /** Unix time in milliseconds. */
  readonly until: number
}

/** A message that a bot is writing. */
export interface ShownDraft extends PageDraft {
  /** The end of the time for which Telegram shows a draft: Unix time in milliseconds. */
  readonly until: number
}

/** A button press that the bot has not answered. */
export interface OpenPress {
  readonly chat: string
  readonly messageId: number
  readonly data: string
}

/** A message that the open chat scrolls to. */
export interface ShownMessage {
  readonly chat: string
  readonly messageId: number
}

/** The state of the page. */
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
  /** The messages that bots are writing, by the key of the chat. */
  readonly drafts: ReadonlyMap<string, readonly ShownDraft[]>
  readonly receiving: ReadonlyMap<number, PageReceiving>
  readonly updates: readonly PageUpdate[]
  readonly calls: readonly PageCall[]
  readonly faults: readonly PageFault[]
  readonly notices: readonly Notice[]
  /** The unanswered button presses, by the id of the callback query. */
  readonly presses: ReadonlyMap<string, OpenPress>
  /** The latest answer to an inline query. */
  readonly inline: PageInlineAnswer | undefined
  /** The message that a search, a quote or the pinned bar has led to. */
  readonly shown: ShownMessage | undefined
  /** The message whose photo is shown in full size. */
  readonly viewed: Message | undefined
  /** A text that a button puts into the text field of a chat. */
  readonly typed: { readonly chat: string; readonly text: string } | undefined
  /** The id of the acting person. */
  readonly me: number | undefined
  /** The key of the open chat. */
  readonly openChat: string | undefined
  /** The id of the open topic; `undefined` if all topics are shown. */
  readonly openTopic: number | undefined
  /** The number of unread messages by the key of the chat. */
  readonly unread: ReadonlyMap<string, number>
}

/** The state before the first snapshot. */
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
  drafts: new Map(),
  receiving: new Map(),
  updates: [],
  calls: [],
  faults: [],
  notices: [],
  presses: new Map(),
  inline: undefined,
  shown: undefined,
  viewed: undefined,
  typed: undefined,
  me: undefined,
  openChat: undefined,
  openTopic: undefined,
  unread: new Map(),
}
