import { ownValue } from "../../ground/own-value.js"
import type { MaskPosition, Sticker, StickerSet } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { StoredFile } from "../../world/file-store.js"
import { photoOf } from "../../world/media/stored-media.js"
import type { SimulatedSticker } from "../../world/sticker-book.js"
import { isObject, textField, type Fields } from "../json-argument.js"
import { fileOf } from "../media/file-argument.js"
import type { Call } from "../method.js"

const maxEmoji = 20
const maxKeywords = 20
const maxKeywordCharacters = 64
const formats = ["static", "animated", "video"]
const maxBytes: Readonly<Record<string, number>> = {
  static: 512 * 1024,
  animated: 64 * 1024,
  video: 256 * 1024,
}

/** The sticker set that a sticker is added to. */
interface TargetSet {
  readonly name: string
  readonly type: StickerSet["sticker_type"]
  /** Whether custom emoji take the colour of the text. */
  readonly needsRepainting?: boolean
}

/** Returns the sticker of an `InputSticker`. Throws Telegram's error for an invalid one. */
export async function inputSticker(
  call: Call,
  given: Fields,
  into: TargetSet,
): Promise<SimulatedSticker> {
  const { type } = into
  const format = stickerFormat(textField(given, "format") || call.args.text("sticker_format"))
  const emoji = emojiList(given["emoji_list"])
  const keywords = keywordList(given["keywords"])
  const source = textField(given, "sticker")
  if (source === "") throw CallError.badRequest("sticker is not specified")
  const file = await fileOf(call, "sticker", { given: source, name: "" })
  checkFile(file, format, type)
  const mask = type === "mask" ? maskPosition(given["mask_position"]) : undefined
  return { sticker: stickerOf(call, file, { ...into, format, emoji, mask }), emoji, keywords }
}

/** Returns the kind of file for `sticker_format` or `format`. */
export function stickerFormat(format: string): string {
  if (formats.includes(format)) return format
  throw CallError.badRequest("can't parse InputSticker: Invalid sticker format specified")
}

/** Returns the emoji of a sticker, 1 to 20 of them. */
export function emojiList(value: unknown): string[] {
  const isList = Array.isArray(value) && value.length > 0 && value.length <= maxEmoji
  if (isList && value.every((each) => typeof each === "string" && isEmoji(each))) return value
  throw CallError.badRequest("invalid sticker emojis")
}

/** Returns the search keywords of a sticker; none if the value is missing. */
export function keywordList(value: unknown): string[] {
  if (value === undefined) return []
  const isList = Array.isArray(value) && value.length <= maxKeywords
  if (!isList || !value.every((each) => typeof each === "string")) {
    throw CallError.badRequest("can't parse sticker keywords")
  }
  const length = value.reduce((sum: number, word: string) => sum + word.length, 0)
  if (length > maxKeywordCharacters)
    throw CallError.badRequest("too many sticker keywords specified")
  return value
}

/** Returns the position of a mask on a face; `undefined` if the value is missing. */
export function maskPosition(value: unknown): MaskPosition | undefined {
  if (value === undefined) return undefined
  const point = isObject(value) ? value["point"] : undefined
  if (point !== "forehead" && point !== "eyes" && point !== "mouth" && point !== "chin") {
    throw CallError.badRequest("wrong point specified")
  }
  const number = (name: string) => (isObject(value) ? Number(value[name]) : Number.NaN)
  const position = {
    x_shift: number("x_shift"),
    y_shift: number("y_shift"),
    scale: number("scale"),
  }
  if (Object.values(position).some((each) => !Number.isFinite(each))) {
    throw CallError.badRequest("can't parse mask position")
  }
  return { point, ...position }
}

/** Throws if a file cannot be a sticker of this kind. */
export function checkFile(
  file: StoredFile,
  format: string,
  type: StickerSet["sticker_type"],
): void {
  if (file.bytes.length > (ownValue(maxBytes, format) ?? 0)) {
    throw CallError.badRequest("STICKER_FILE_INVALID")
  }
  const isPng = file.bytes.toString("latin1", 1, 4) === "PNG"
  if (format !== "static" || !isPng) return
  const { width = 0, height = 0 } = photoOf(file).at(-1) ?? {}
  const longest = Math.max(width, height)
  const isRight = type === "custom_emoji" ? width === 100 && height === 100 : longest === 512
  if (!isRight) throw CallError.badRequest("STICKER_PNG_DIMENSIONS")
}

function stickerOf(
  { world }: Call,
  file: StoredFile,
  known: TargetSet & { format: string; emoji: readonly string[]; mask: MaskPosition | undefined },
): Sticker {
  const { name, type, format, emoji, mask } = known
  const [first] = emoji
  const side = type === "custom_emoji" ? 100 : 512
  return {
    width: side,
    height: side,
    ...(first !== undefined && { emoji: first }),
    set_name: name,
    is_animated: format === "animated",
    is_video: format === "video",
    type,
    ...(type === "custom_emoji" && { custom_emoji_id: world.newId() }),
    ...(type === "custom_emoji" && known.needsRepainting && { needs_repainting: true as const }),
    ...(mask !== undefined && { mask_position: mask }),
    file_id: file.id,
    file_unique_id: file.uniqueId,
    file_size: file.bytes.length,
  }
}

function isEmoji(text: string): boolean {
  return /\p{Extended_Pictographic}|\p{Emoji_Presentation}|\p{Regional_Indicator}|\u20E3/u.test(
    text,
  )
}
