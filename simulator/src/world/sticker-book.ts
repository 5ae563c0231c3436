import type { PhotoSize, Sticker, StickerSet } from "@grammyjs/types"

/** A sticker of a set, with its emoji and search keywords. */
export interface SimulatedSticker {
  /** The sticker as bots see it. */
  readonly sticker: Sticker
  /** All emoji of the sticker; bots see the first. */
  readonly emoji: readonly string[]
  readonly keywords: readonly string[]
}

/** A sticker set that a bot has made. */
export interface SimulatedStickerSet {
  readonly name: string
  readonly title: string
  readonly type: StickerSet["sticker_type"]
  /** The id of the bot that created the set; only this bot can change it. */
  readonly botId: number
  /** The id of the user who owns the set. */
  readonly userId: number
  readonly stickers: readonly SimulatedSticker[]
  readonly thumbnail?: PhotoSize
}

/** The sticker sets of a world. */
export class StickerBook {
  readonly #sets = new Map<string, SimulatedStickerSet>()
  /** The name of the set of a sticker, by its `file_id`. */
  readonly #setOf = new Map<string, string>()

  /** Returns the set with a name, in any letter case. */
  find(name: string): SimulatedStickerSet | undefined {
    return this.#sets.get(name.toLowerCase())
  }

  /** Returns the set that contains a sticker. */
  setOf(fileId: string): SimulatedStickerSet | undefined {
    return this.find(this.#setOf.get(fileId) ?? "")
  }

  /** Returns a sticker of any set, as bots see it. */
  sticker(fileId: string): Sticker | undefined {
    const stickers = this.setOf(fileId)?.stickers
    return stickers?.find(({ sticker }) => sticker.file_id === fileId)?.sticker
  }

  /** Returns the custom emoji with an id. */
  customEmoji(id: string): Sticker | undefined {
    for (const { stickers } of this.#sets.values()) {
      const emojiSticker = stickers.find(({ sticker }) => sticker.custom_emoji_id === id)
      if (emojiSticker !== undefined) return emojiSticker.sticker
    }
    return undefined
  }

  /** Iterates over all sets, in the order of their creation. */
  [Symbol.iterator](): Iterator<SimulatedStickerSet> {
    return this.#sets.values()
  }

  /** Stores a set, in place of one with the same name. */
  keep(set: SimulatedStickerSet): void {
    this.delete(set.name)
    this.#sets.set(set.name.toLowerCase(), set)
    for (const { sticker } of set.stickers) this.#setOf.set(sticker.file_id, set.name)
  }

  /** Removes a set; has no effect if it does not exist. */
  delete(name: string): void {
    for (const { sticker } of this.find(name)?.stickers ?? []) this.#setOf.delete(sticker.file_id)
    this.#sets.delete(name.toLowerCase())
  }
}
