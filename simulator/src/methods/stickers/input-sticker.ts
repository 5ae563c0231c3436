import { ownValue } from "../../ground/own-value.js"
import type { MaskPosition, Sticker, StickerSet } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { StoredFile } from "../../world/file-store.js"
import { photoOf } from "../../world/media/stored-media.js"
import type { SimulatedSticker } from "../../world/sticker-book.js"
import {
  arrayField,
  isObject,
  partError,
  requiredArrayField,
  requiredNumberField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
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
  const { source, format, emoji, mask: position, keywords } = stickerForm(call, given)
  checkKeywords(keywords)
  const file = await fileOf(call, "sticker", { given: source, name: "" })
  checkFile(file, format, type)
  const mask = type === "mask" ? position : undefined
  return { sticker: stickerOf(call, file, { ...into, format, emoji, mask }), emoji, keywords }
}

/** Returns the fields of an `InputSticker`. Throws Telegram's error for an invalid one. */
export function stickerForm({ args }: Call, given: Fields) {
  const source = textField(given, "sticker")
  const pointer = /^attach:\/\/(.*)$/s.exec(source)?.[1]
  const isAbsent = source === "" || (pointer !== undefined && args.file(pointer) === undefined)
  if (isAbsent) throw partError("sticker not found")
  const usual = args.text("sticker_format")
  const format = stickerFormat(
    (usual === "" ? requiredTextField(given, "format") : textField(given, "format")) || usual,
  )
  const emoji = emojiList(requiredArrayField(given, "emoji_list"))
  const mask = maskPosition(given["mask_position"])
  const keywords = keywordList(arrayField(given, "keywords") ?? [])
  return { source, format, emoji, mask, keywords }
}

/** Returns the kind of file for `sticker_format` or `format`. */
export function stickerFormat(format: string): string {
  if (formats.includes(format)) return format
  throw partError("Invalid sticker format specified")
}

/** Returns the emoji of a sticker, 1 to 20 of them. */
export function emojiList(value: unknown): string[] {
  if (!Array.isArray(value)) throw partError("expected an Array of string")
  if (value.length === 0) throw partError("emoji list must be non-empty")
  if (value.length > maxEmoji) throw partError("too many emoji specified")
  return value.map((each: unknown) => {
    if (typeof each !== "string") throw partError("emoji must be a string")
    if (!isEmoji(each)) throw partError("expected a Unicode emoji")
    return each
  })
}

/** Returns the search keywords of a sticker. */
export function keywordList(value: unknown): string[] {
  if (!Array.isArray(value)) throw partError("expected an Array of string")
  return value.map((each: unknown) => {
    if (typeof each === "string") return each
    throw partError("keyword must be a string")
  })
}

/** Throws for more keywords than a sticker can have. */
export function checkKeywords(keywords: readonly string[]): void {
  const length = keywords.reduce((sum, word) => sum + word.length, 0)
  if (keywords.length > maxKeywords || length > maxKeywordCharacters) {
    throw CallError.badRequest("too many sticker keywords specified")
  }
}

/** Returns the position of a mask on a face; `undefined` if the value is missing. */
export function maskPosition(value: unknown): MaskPosition | undefined {
  if (value === undefined || value === null) return undefined
  if (!isObject(value)) throw partError("MaskPosition must be an Object")
  const point = requiredTextField(value, "point").toLowerCase().trim()
  if (point !== "forehead" && point !== "eyes" && point !== "mouth" && point !== "chin") {
    throw partError("Wrong point specified in MaskPosition")
  }
  return {
    point,
    x_shift: requiredNumberField(value, "x_shift"),
    y_shift: requiredNumberField(value, "y_shift"),
    scale: requiredNumberField(value, "scale"),
  }
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
