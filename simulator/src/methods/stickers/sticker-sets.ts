import type { File, Sticker, StickerSet } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { SimulatedStickerSet } from "../../world/sticker-book.js"
import type { Arguments } from "../../arguments/arguments.js"
import { expectObject, reading, type Fields } from "../fields.js"
import { arrayArgument, jsonArgument } from "../json-argument.js"
import { fileOf } from "../media/file-argument.js"
import { fileView } from "../media/file-view.js"
import { userArgument } from "../member-argument.js"
import { requiredText } from "../required-argument.js"
import type { Call, MethodTable } from "../method.js"
import { checkFile, inputSticker, stickerForm, stickerFormat } from "./input-sticker.js"

/** Methods that create, extend, read and delete sticker sets. */
export const stickerSetMethods: MethodTable = {
  getStickerSet: (call) => viewOf(setOf(call)),
  getCustomEmojiStickers,
  uploadStickerFile,
  createNewStickerSet,
  addStickerToSet,
  deleteStickerSet,
}

/** The maximum number of stickers in `createNewStickerSet`. */
const maxStickers = 50
const most: Readonly<Record<StickerSet["sticker_type"], number>> = {
  regular: 120,
  mask: 120,
  custom_emoji: 200,
}
/** The maximum number of custom emoji in one call. */
const maxCustomEmoji = 200

/** Returns the set that `name` names. */
export function setOf({ args, world }: Call): SimulatedStickerSet {
  const set = world.stickers.find(args.text("name"))
  if (set === undefined) throw CallError.badRequest("STICKERSET_INVALID")
  return set
}

/** Returns the set that `name` names, if this bot has created it; otherwise throws. */
export function ownSet(call: Call): SimulatedStickerSet {
  const set = setOf(call)
  if (set.botId !== call.bot.me.id) throw CallError.badRequest("STICKERSET_INVALID")
  return set
}

/** Returns the title in `title`. */
export function titleOf({ args }: Call): string {
  const title = args.text("title").trim()
  const { length } = [...title]
  if (length === 0 || length > 64) throw CallError.badRequest("PACK_TITLE_INVALID")
  return title
}

function getCustomEmojiStickers({ args, world }: Call): Sticker[] {
  requiredText(args, "custom_emoji_ids")
  const ids = arrayArgument(args, "custom_emoji_ids", { noun: "custom emoji identifiers" })
  if (ids.length > maxCustomEmoji) {
    throw CallError.badRequest("too many custom emoji identifiers specified")
  }
  return ids.flatMap((id) => world.stickers.customEmoji(emojiId(id)) ?? [])
}

function emojiId(value: unknown): string {
  if (typeof value !== "string") {
    throw CallError.badRequest("custom emoji identifier must be of type String")
  }
  if (/^-?\d+$/.test(value)) return value
  throw CallError.badRequest("invalid custom emoji identifier specified")
}

async function uploadStickerFile(call: Call): Promise<File> {
  userArgument(call)
  // The former parameter has another name.
  const isOld = call.args.file("sticker") === undefined && call.args.text("sticker") === ""
  const name = isOld ? "png_sticker" : "sticker"
  const format = isOld ? "static" : stickerFormat(call.args.text("sticker_format"))
  const file = await fileOf(call, "sticker", { given: call.args.text(name), name })
  checkFile(file, format, "regular")
  return fileView(file)
}

async function createNewStickerSet(call: Call): Promise<true> {
  const { args, world, bot } = call
  const { id: userId } = userArgument(call)
  const given = stickersArgument(call)
  const type = typeOf(args.text("sticker_type") || "regular")
  const title = titleOf(call)
  const name = newName(call)
  const needsRepainting = args.flag("needs_repainting")
  if (given.length === 0) throw CallError.badRequest("STICKERS_EMPTY")
  const stickers = []
  for (const each of given) {
    stickers.push(await inputSticker(call, each, { name, type, needsRepainting }))
  }
  // Fetching takes time, so another call may have taken the name meanwhile.
  newName(call)
  world.stickers.keep({ name, title, type, botId: bot.me.id, userId, stickers })
  return true
}

async function addStickerToSet(call: Call): Promise<true> {
  userArgument(call)
  const { name, type } = ownSet(call)
  const added = await inputSticker(call, stickerArgument(call), { name, type })
  const set = ownSet(call)
  if (set.stickers.length >= most[type]) throw CallError.badRequest("STICKERS_TOO_MUCH")
  call.world.stickers.keep({ ...set, stickers: [...set.stickers, added] })
  return true
}

/** Returns the new stickers of a call, in the present or the former parameters. */
function stickersArgument(call: Call): Fields[] {
  const { args } = call
  if (!args.has("stickers")) return [formerSticker(args) ?? missingSticker()]
  const names = { noun: "stickers", items: "InputSticker" }
  const given = arrayArgument(args, "stickers", names)
  if (given.length > maxStickers) throw CallError.badRequest("too many stickers specified")
  return given.map((value) => checkedSticker(call, value, "Can't parse InputSticker"))
}

/** Returns the new sticker of a call, in the present or the former parameters. */
export function stickerArgument(call: Call): Fields {
  const { args } = call
  if (!args.has("sticker")) return formerSticker(args) ?? missingSticker()
  const value = jsonArgument(args, "sticker", "sticker")
  return checkedSticker(call, value, "Can't parse sticker")
}

function checkedSticker(call: Call, value: unknown, prefix: string): Fields {
  return reading(prefix, () => {
    const fields = expectObject(value, "InputSticker must be an Object")
    stickerForm(call, fields)
    return fields
  })
}

function missingSticker(): never {
  throw CallError.badRequest("there is no sticker file in the request")
}

// The parameters from before 2023, which Telegram's server still accepts.
function formerSticker(args: Arguments): Fields | undefined {
  const formats = { png_sticker: "static", tgs_sticker: "animated", webm_sticker: "video" } as const
  for (const [name, format] of Object.entries(formats)) {
    const isUploaded = args.file(name) !== undefined
    if (!isUploaded && args.text(name) === "") continue
    const emoji = [...new Intl.Segmenter().segment(args.text("emojis"))]
    return {
      sticker: isUploaded ? `attach://${name}` : args.text(name),
      format,
      emoji_list: emoji.map(({ segment }) => segment),
      mask_position: args.json("mask_position"),
    }
  }
  return undefined
}

function deleteStickerSet(call: Call): true {
  call.world.stickers.delete(ownSet(call).name)
  return true
}

function viewOf({ name, title, type, stickers, thumbnail }: SimulatedStickerSet): StickerSet {
  return {
    name,
    title,
    sticker_type: type,
    stickers: stickers.map(({ sticker }) => sticker),
    ...(thumbnail && { thumbnail }),
  }
}

// The name of a set has to end in the name of its bot.
function newName({ args, bot, world }: Call): string {
  const name = args.text("name")
  const isWord = /^[a-z]\w{0,63}$/i.test(name) && !name.includes("__")
  if (!isWord || !name.toLowerCase().endsWith(`_by_${bot.me.username.toLowerCase()}`)) {
    throw CallError.badRequest("invalid sticker set name is specified")
  }
  if (world.stickers.find(name) !== undefined) {
    throw CallError.badRequest("sticker set name is already occupied")
  }
  return name
}

function typeOf(type: string): StickerSet["sticker_type"] {
  if (type === "regular" || type === "mask" || type === "custom_emoji") return type
  throw CallError.badRequest("unsupported sticker type specified")
}
