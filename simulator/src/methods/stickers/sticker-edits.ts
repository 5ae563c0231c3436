import type { MaskPosition } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { photoOf } from "../../world/media/stored-media.js"
import type { SimulatedSticker, SimulatedStickerSet } from "../../world/sticker-book.js"
import { reading } from "../fields.js"
import { jsonArgument } from "../json-argument.js"
import { fileOf } from "../media/file-argument.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"
import {
  checkKeywords,
  emojiList,
  inputSticker,
  keywordList,
  maskPosition,
  stickerFormat,
} from "./input-sticker.js"
import { ownSet, stickerArgument, titleOf } from "./sticker-sets.js"

/** Methods that change sticker sets and their stickers. */
export const stickerEditMethods: MethodTable = {
  setStickerPositionInSet,
  deleteStickerFromSet,
  replaceStickerInSet,
  setStickerEmojiList,
  setStickerKeywords,
  setStickerMaskPosition,
  setStickerSetTitle,
  setStickerSetThumbnail,
  setStickerSetThumb: setStickerSetThumbnail,
  setCustomEmojiStickerSetThumbnail,
}

interface StickerPlace {
  readonly set: SimulatedStickerSet
  readonly at: number
  readonly known: SimulatedSticker
}

function setStickerPositionInSet(call: Call): true {
  const { set, at, known } = stickerPlace(call)
  const position = call.args.integer("position", 0, 0, set.stickers.length - 1)
  const others = set.stickers.toSpliced(at, 1)
  return keep(call, { ...set, stickers: others.toSpliced(position, 0, known) })
}

function deleteStickerFromSet(call: Call): true {
  const { set, at } = stickerPlace(call)
  return keep(call, { ...set, stickers: set.stickers.toSpliced(at, 1) })
}

async function replaceStickerInSet(call: Call): Promise<true> {
  userArgument(call)
  const { name, type } = ownSet(call)
  const next = await inputSticker(call, stickerArgument(call), { name, type })
  const { set, at } = stickerPlace(call, "old_sticker")
  return keep(call, { ...set, stickers: set.stickers.with(at, next) })
}

function setStickerEmojiList(call: Call): true {
  const value: unknown = call.args.json("emoji_list")
  if (value === undefined) throw CallError.badRequest("can't parse emoji list JSON array")
  const emoji = reading("Can't parse emoji list", () => emojiList(value))
  const [first = ""] = emoji
  return change(call, (known) => ({ ...known, emoji, sticker: { ...known.sticker, emoji: first } }))
}

function setStickerKeywords(call: Call): true {
  const keywords = call.args.text("keywords") === "" ? [] : keywordList(keywordsArgument(call))
  checkKeywords(keywords)
  return change(call, (known) => ({ ...known, keywords }))
}

function setStickerMaskPosition(call: Call): true {
  const mask_position = maskArgument(call)
  return change(call, (known) => {
    const { mask_position: _, ...sticker } = known.sticker
    if (sticker.type !== "mask") throw CallError.badRequest("STICKER_TYPE_INVALID")
    return { ...known, sticker: { ...sticker, ...(mask_position && { mask_position }) } }
  })
}

function keywordsArgument({ args }: Call): unknown {
  return jsonArgument(args, "keywords", "keywords")
}

function maskArgument({ args }: Call): MaskPosition | undefined {
  if (args.text("mask_position") === "") return undefined
  const value = jsonArgument(args, "mask_position", "mask position")
  return reading("Can't parse mask position", () => maskPosition(value))
}

function setStickerSetTitle(call: Call): true {
  const title = titleOf(call)
  return keep(call, { ...ownSet(call), title })
}

async function setStickerSetThumbnail(call: Call): Promise<true> {
  userArgument(call)
  const { args } = call
  const { thumbnail: _, ...set } = ownSet(call)
  // The former method has no such parameter.
  if (args.text("format") !== "") stickerFormat(args.text("format"))
  const name = args.has("thumb") || args.file("thumb") !== undefined ? "thumb" : "thumbnail"
  const given = args.text(name)
  const isAbsent = given === "" && args.file(name) === undefined
  if (isAbsent) return keep(call, set)
  const [thumbnail] = photoOf(await fileOf(call, "sticker", { given, name }))
  return keep(call, { ...ownSet(call), ...(thumbnail && { thumbnail }) })
}

function setCustomEmojiStickerSetThumbnail(call: Call): true {
  const { thumbnail: _, ...set } = ownSet(call)
  if (set.type !== "custom_emoji") throw CallError.badRequest("STICKERSET_INVALID")
  const id = call.args.text("custom_emoji_id")
  const found = set.stickers.find(({ sticker }) => sticker.custom_emoji_id === id)?.sticker
  if (id !== "" && found === undefined) throw CallError.badRequest("DOCUMENT_INVALID")
  const { file_id = "", file_unique_id = "", width = 0, height = 0 } = found ?? {}
  const thumbnail = { file_id, file_unique_id, width, height }
  return keep(call, { ...set, ...(found && { thumbnail }) })
}

function change(call: Call, next: (known: SimulatedSticker) => SimulatedSticker): true {
  const { set, at, known } = stickerPlace(call)
  return keep(call, { ...set, stickers: set.stickers.with(at, next(known)) })
}

function keep(call: Call, set: SimulatedStickerSet): true {
  call.world.stickers.keep(set)
  return true
}

function stickerPlace({ args, world, bot }: Call, name = "sticker"): StickerPlace {
  const id = args.text(name)
  if (id === "") throw CallError.badRequest("sticker is not specified")
  if (world.files.find(id) === undefined) {
    throw CallError.badRequest(
      "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
    )
  }
  const set = world.stickers.setOf(id)
  const at = set?.stickers.findIndex(({ sticker }) => sticker.file_id === id) ?? -1
  const known = set?.stickers[at]
  if (set === undefined || known === undefined) {
    throw CallError.badRequest("STICKERSET_NOT_MODIFIED")
  }
  if (set.botId !== bot.me.id) throw CallError.badRequest("STICKERSET_INVALID")
  return { set, at, known }
}
