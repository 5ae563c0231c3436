import type {
  BusinessBotRights,
  Chat,
  ChatInviteLink,
  ChatMember,
  Message,
  Poll,
  ReactionType,
  User,
  UserFromGetMe,
} from "@grammyjs/types"
import type { ChatExtras } from "../world/chat-extras.js"
import type { PersonProfile } from "../world/person-profile.js"
import type { Verification } from "../world/verifications.js"
import type { SavedProfile } from "../world/bot-profile.js"
import type { SavedGames } from "../world/game-book.js"
import type { PollExplanation } from "../world/poll-book.js"
import type { Permissions } from "../world/permissions.js"
import type { SavedStars } from "../world/star-book.js"
import type { SimulatedStickerSet } from "../world/sticker-book.js"
import type { Topic } from "../world/topic.js"
import type { SavedWidgets } from "../world/widget-book.js"

/** The version of the file format; files of other versions are refused. */
export const savedVersion = 2

/** A world in a file. */
export interface SavedWorld {
  readonly version: typeof savedVersion
  readonly people: readonly SavedPerson[]
  readonly bots: readonly SavedBot[]
  readonly chats: readonly SavedChat[]
  readonly connections?: readonly SavedConnection[]
  readonly files: readonly SavedFile[]
  readonly stickerSets: readonly SimulatedStickerSet[]
  readonly games: SavedGames
  /** Absent in files of former versions. */
  readonly widgets?: SavedWidgets
  readonly verifications?: readonly (readonly [number, Verification])[]
}

/** A bot that a person has connected to a business account. */
export interface SavedConnection {
  readonly id: string
  /** The id of the person. */
  readonly person: number
  /** The id of the bot. */
  readonly bot: number
  readonly rights: BusinessBotRights
  readonly isEnabled: boolean
  readonly date: number
}

/** A person. */
export interface SavedPerson {
  readonly user: User
  readonly blocked: readonly number[]
  /** The `file_id`s of the photos. */
  readonly photos?: readonly string[]
  readonly profile?: Partial<PersonProfile>
  /** Whether the person has no Stars and no TON. */
  readonly cannotPay?: boolean
}

/** A bot with its pending updates. */
export interface SavedBot {
  readonly token: string
  readonly me: UserFromGetMe
  readonly mask: number
  readonly profile: SavedProfile
  readonly stars: SavedStars
  /** The id of the next update. */
  readonly nextId: number
  readonly updates: readonly SavedUpdate[]
  /** The ids of the updates that were removed without an acknowledgement. */
  readonly lost?: readonly number[]
  readonly webhook?: SavedWebhook
}

/** A pending update. */
export interface SavedUpdate {
  readonly id: number
  readonly json: string
  readonly expiresAt: number
  /** The id of the sub-queue; a text if the id exceeds the range of a number. */
  readonly subQueue: number | string
}

/** The arguments of `setWebhook`. */
export interface SavedWebhook {
  readonly url: string
  readonly certificate?: string
  readonly maxConnections: number
  readonly ipAddress: string
  readonly secretToken: string
}

/** A chat with its messages. */
export interface SavedChat {
  readonly chat: Chat
  /** The id of the person in whose business account the chat is. */
  readonly owner?: number
  readonly lastId: number
  readonly people: readonly number[]
  readonly bots: readonly number[]
  readonly lastBot?: number
  readonly upgradedTo?: number
  readonly description: string
  readonly permissions: Permissions
  readonly members: readonly (readonly [number, ChatMember])[]
  readonly topics: readonly (readonly [number, Topic])[]
  readonly links: readonly (readonly [string, ChatInviteLink])[]
  readonly pinned: readonly number[]
  readonly messages: readonly Message[]
  /** The reactions by the id of the message, then by the id of the person or bot. */
  readonly reactions: readonly (readonly [number, readonly SavedReactions[]])[]
  /** The ids of the updates of people's messages by the id of the message, then of the bot. */
  readonly updates?: readonly (readonly [number, readonly (readonly [number, number])[]])[]
  readonly polls: readonly SavedPoll[]
  readonly extras?: Partial<ChatExtras>
}

/** The reactions of a user to a message. */
export type SavedReactions = readonly [number, readonly ReactionType[]]

/** A poll with the data that its readers do not see. */
export interface SavedPoll {
  /** The id of the bot that sent it. */
  readonly bot?: number
  readonly messageId: number
  readonly correct: readonly number[]
  readonly explanation: PollExplanation
  readonly takesOptions?: boolean
  readonly hidesResults?: boolean
  readonly votes: readonly (readonly [number, readonly number[]])[]
  readonly poll: Poll
}

/** A file, with its bytes in base64. */
export interface SavedFile {
  readonly id: string
  readonly uniqueId: string
  readonly name: string
  readonly type: string
  readonly path: string
  readonly bytes: string
}
