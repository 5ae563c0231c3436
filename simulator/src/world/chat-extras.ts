import type { ChatBoost, OwnedGift } from "@grammyjs/types"

/** A suggested post that has been approved and waits for its date. */
export interface PlannedPost {
  readonly messageId: number
  /** The date of the publication, in Unix time. */
  readonly at: number
}

/** A boost of a chat by a person. */
export interface PersonBoost {
  readonly personId: number
  readonly boost: ChatBoost
}

/** The parts of a group or channel that most chats do not have. */
export interface ChatExtras {
  /** The ids of the channels in whose name nobody can write. */
  bannedSenders: readonly number[]
  /** The name of the sticker set of the group. */
  stickerSet: string | undefined
  boosts: readonly PersonBoost[]
  /** The gifts of a channel, the latest first. */
  gifts: readonly OwnedGift[]
  /** The start of the video chat, in Unix time; `undefined` without one. */
  videoChatSince: number | undefined
  /** The seconds after which messages are deleted; 0 if they stay. */
  autoDeleteTime: number
  /** The id of the chat of direct messages of a channel; `undefined` without one. */
  directMessages: number | undefined
  /** The id of the channel of a chat of direct messages; `undefined` for any other chat. */
  parentChannel: number | undefined
  /** The approved posts in direct messages that wait for their date. */
  plannedPosts: readonly PlannedPost[]
}

/** Returns the extras of a new chat. */
export function newExtras(): ChatExtras {
  return {
    ...{ bannedSenders: [], stickerSet: undefined, boosts: [], gifts: [] },
    ...{ videoChatSince: undefined, autoDeleteTime: 0 },
    ...{ directMessages: undefined, parentChannel: undefined, plannedPosts: [] },
  }
}
