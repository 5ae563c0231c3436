import type { AcceptedGiftTypes, Audio, Message, OwnedGift, StoryArea } from "@grammyjs/types"

/** A story of a person. */
export interface PostedStory {
  readonly id: number
  /** The id of the bot that has posted it. */
  readonly botId: number
  /** The photo or the video. */
  readonly content: Partial<Message>
  /** Unix time in seconds. */
  readonly date: number
  readonly expiresAt: number
  readonly areas: readonly StoryArea[]
  /** Whether the story stays on the profile after its expiry. */
  readonly isOnProfile: boolean
  readonly isProtected: boolean
  /** The story that this one repeats. */
  readonly repostOf?: { readonly chatId: number; readonly storyId: number }
}

/** The profile of a person beyond the user that all bots see. */
export interface PersonProfile {
  bio: string
  /** The custom emoji next to the name. */
  emojiStatus: { readonly id: string; readonly expiresAt: number } | undefined
  /** The ids of the bots that may change the emoji. */
  emojiStatusBots: readonly number[]
  /** The id of the channel on the profile. */
  personalChat: number | undefined
  /** The audio files on the profile, the newest first. */
  audios: readonly Audio[]
  acceptedGifts: AcceptedGiftTypes
  showsGiftButton: boolean
  /** The gifts, the latest first. */
  gifts: readonly OwnedGift[]
  stories: readonly PostedStory[]
  /** The Stars of the account. */
  stars: number
}

/** Returns the profile of a new person. */
export function newProfile(): PersonProfile {
  return {
    bio: "",
    emojiStatus: undefined,
    emojiStatusBots: [],
    personalChat: undefined,
    audios: [],
    acceptedGifts: everyGift(),
    showsGiftButton: false,
    gifts: [],
    stories: [],
    stars: 0,
  }
}

/** Returns that an account accepts every kind of gift. */
export function everyGift(): AcceptedGiftTypes {
  return {
    unlimited_gifts: true,
    limited_gifts: true,
    unique_gifts: true,
    premium_subscription: true,
    gifts_from_channels: true,
  }
}
