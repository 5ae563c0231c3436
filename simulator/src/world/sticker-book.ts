import type { PhotoSize, Sticker, StickerSet } from "@grammyjs/types"

/** A sticker of a set, with what a search would find it by. */
export interface PlayedSticker {
  /** As bots see it. */
  readonly sticker: Sticker
  /** All its emoji; bots see the first. */
  readonly emoji: readonly string[]
  readonly keywords: readonly string[]
}

/** A sticker set that a bot has made. */
export interface PlayedStickerSet {
  readonly name: string
  readonly title: string
  readonly type: StickerSet["sticker_type"]
  /** The bot that made it: no other can change it. */
  readonly botId: number
  /** For whom it was made. */
  readonly userId: number
  readonly stickers: readonly PlayedSticker[]
  readonly thumbnail?: PhotoSize
}

/** The sticker sets of a world. */
export class StickerBook {
  readonly #sets = new Map<string, PlayedStickerSet>()
  /** In which set a sticker is, by its `file_id`. */
  readonly #setOf = new Map<string, string>()

  /** The set of a name, in any letter case. */
  find(name: string): PlayedStickerSet | undefined {
    return this.#sets.get(name.toLowerCase())
  }

  /** The set in which a sticker is. */
  setOf(fileId: string): PlayedStickerSet | undefined {
    return this.find(this.#setOf.get(fileId) ?? "")
  }

  /** A sticker of any set, as bots see it. */
  sticker(fileId: string): Sticker | undefined {
    const stickers = this.setOf(fileId)?.stickers
    return stickers?.find(({ sticker }) => sticker.file_id === fileId)?.sticker
  }

  /** The custom emoji of an id. */
  customEmoji(id: string): Sticker | undefined {
    for (const { stickers } of this.#sets.values()) {
      const found = stickers.find(({ sticker }) => sticker.custom_emoji_id === id)
      if (found !== undefined) return found.sticker
    }
    return undefined
  }

  /** All sets, in the order in which they were made. */
  [Symbol.iterator](): Iterator<PlayedStickerSet> {
    return this.#sets.values()
  }

  /** Keeps a set, in place of the one of its name. */
  keep(set: PlayedStickerSet): void {
    this.delete(set.name)
    this.#sets.set(set.name.toLowerCase(), set)
    for (const { sticker } of set.stickers) this.#setOf.set(sticker.file_id, set.name)
  }

  /** Forgets a set; harmless where there is none. */
  delete(name: string): void {
    for (const { sticker } of this.find(name)?.stickers ?? []) this.#setOf.delete(sticker.file_id)
    this.#sets.delete(name.toLowerCase())
  }
}
