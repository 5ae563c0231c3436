import type { ChatBoost, OwnedGift } from "@grammyjs/types"

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
}

/** Returns the extras of a new chat. */
export function newExtras(): ChatExtras {
  return {
    ...{ bannedSenders: [], stickerSet: undefined, boosts: [], gifts: [] },
    ...{ videoChatSince: undefined, autoDeleteTime: 0 },
  }
}
