import type { RichBlock, RichBlockCaption, RichBlockTableCell } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { ownValue } from "../../ground/own-value.js"
import type { PostField } from "../../world/posting-rules.js"
import {
  asArguments,
  expectObject,
  flagField,
  numberField,
  objectField,
  partError,
  reading,
  requiredArrayField,
  requiredNumberField,
  requiredObjectField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
import { writableChat } from "../chat-argument.js"
import { inputMediaContent } from "../media/input-media.js"
import { locationContent } from "../sending/small-contents.js"
import { listItems } from "./rich-list.js"
import { maxDepth, richButton, richText, type TextPlace } from "./rich-text.js"

const maxBlocks = 500
const maxMedia = 50
const maxColumns = 20
const maxButtons = 8

/** The conditions under which the blocks of a message are read. */
export interface BlockPlace extends TextPlace {
  /** Whether the message is a draft, the only kind of message that can show that the bot is thinking. */
  readonly isDraft: boolean
  /** The number of blocks and media that have been read. */
  readonly count: { blocks: number; media: number }
}

type ReadBlock = (fields: Fields, place: BlockPlace) => object | Promise<object>

const readers: Readonly<Record<string, ReadBlock>> = {
  paragraph: (fields, place) => text(fields, place),
  footer: (fields, place) => text(fields, place),
  heading: (fields, place) => ({
    ...text(fields, place),
    size: inRange(requiredNumberField(fields, "size"), 1, 6, "heading size"),
  }),
  pre: (fields, place) => ({
    ...text(fields, { ...place, detects: false }),
    ...given("language", textField(fields, "language")),
  }),
  thinking: (fields, place) => {
    if (place.isDraft) return text(fields, place)
    throw partError("Thinking blocks can be used only in drafts")
  },
  divider: () => ({}),
  mathematical_expression: (fields) => ({ expression: requiredTextField(fields, "expression") }),
  anchor: (fields) => ({ name: requiredTextField(fields, "name") }),
  list: async (fields, place) => ({
    items: await listItems(requiredArrayField(fields, "items"), (blocks) =>
      richBlocks(blocks, deeper(place)),
    ),
  }),
  blockquote: async (fields, place) => ({
    blocks: await inner(fields, place),
    ...optionalText("credit", fields, place),
  }),
  expandable_blockquote: quotation,
  pullquote: quotation,
  collage: mediaBlocks,
  slideshow: mediaBlocks,
  table,
  details: async (fields, place) => ({
    summary: richText(fields["summary"] ?? "", place),
    blocks: await inner(fields, place),
    ...flag("is_open", fields),
  }),
  map,
  buttons: (fields, place) => {
    const buttons = requiredArrayField(fields, "buttons")
    if (buttons.length < 1 || buttons.length > maxButtons) {
      throw partError("Block must contain 1-8 buttons")
    }
    return {
      buttons: buttons.map((each) => richButton(each, place)),
      ...given("align", oneOf(fields, "align", ["left", "center", "right"])),
    }
  },
  animation: (fields, place) => medium("animation", fields, place),
  audio: (fields, place) => medium("audio", fields, place),
  document: (fields, place) => medium("document", fields, place),
  photo: (fields, place) => medium("photo", fields, place),
  video: (fields, place) => medium("video", fields, place),
  voice_note: (fields, place) => medium("voice_note", fields, place),
}

/** Returns blocks, checked and with their files stored. Throws Telegram's error for invalid ones. */
export async function richBlocks(
  list: readonly unknown[],
  place: BlockPlace,
): Promise<RichBlock[]> {
  if (place.depth > maxDepth) throw CallError.badRequest("RICH_MESSAGE_TOO_DEEP")
  const blocks: RichBlock[] = []
  for (const value of list) {
    const fields = expectObject(value, "expected an Object")
    const type = requiredTextField(fields, "type")
    const readBlock = ownValue(readers, type)
    if (readBlock === undefined) throw partError(`Unsupported block type "${type}"`)
    countBlocks(place, 1)
    // The checks are the same as Telegram's.
    blocks.push({ type, ...(await readBlock(fields, place)) } as RichBlock)
  }
  return blocks
}

function countBlocks({ count }: BlockPlace, more: number): void {
  count.blocks += more
  if (count.blocks > maxBlocks) throw CallError.badRequest("RICH_MESSAGE_BLOCKS_TOO_MUCH")
}

function deeper(place: BlockPlace): BlockPlace {
  return { ...place, depth: place.depth + 1 }
}

function inner(fields: Fields, place: BlockPlace): Promise<RichBlock[]> {
  return richBlocks(requiredArrayField(fields, "blocks"), deeper(place))
}

function text(fields: Fields, place: TextPlace): object {
  return { text: richText(fields["text"] ?? "", place) }
}

function quotation(fields: Fields, place: BlockPlace): object {
  return { ...text(fields, place), ...optionalText("credit", fields, place) }
}

function optionalText(name: string, fields: Fields, place: TextPlace): object {
  const value = fields[name] ?? undefined
  return value === undefined ? {} : { [name]: richText(value, place) }
}

function caption(fields: Fields, place: TextPlace): { caption?: RichBlockCaption } {
  const value = objectField(fields, "caption")
  if (value === undefined) return {}
  const shown = richText(value["text"] ?? "", place)
  return { caption: { text: shown, ...optionalText("credit", value, place) } }
}

const mediaTypes = new Set(["animation", "audio", "document", "photo", "video", "voice_note"])

async function mediaBlocks(fields: Fields, place: BlockPlace): Promise<object> {
  const blocks = await inner(fields, place)
  if (blocks.length === 0 || blocks.some(({ type }) => !mediaTypes.has(type))) {
    throw partError("Block must contain only media")
  }
  return { blocks, ...caption(fields, place) }
}

function table(fields: Fields, place: BlockPlace): object {
  const rows = requiredArrayField(fields, "cells")
  countBlocks(place, rows.length)
  const cells = rows.map((row) => {
    if (!Array.isArray(row)) throw partError('Field "cells" must be an Array of Arrays')
    const read = row.map((cell) =>
      reading("Can't parse PageBlockTableCell", () => cellOf(cell, place)),
    )
    const columns = read.reduce((sum, { colspan = 1 }) => sum + colspan, 0)
    if (columns > maxColumns) throw CallError.badRequest("RICH_MESSAGE_COLUMNS_TOO_MUCH")
    return read
  })
  const flags = ["is_bordered", "is_striped", "is_compact"].map((name) => flag(name, fields))
  return Object.assign({ cells }, ...flags, optionalText("caption", fields, place)) as object
}

function cellOf(value: unknown, place: TextPlace): RichBlockTableCell {
  const fields = expectObject(value, "expected an Object")
  const spans = ["colspan", "rowspan"].flatMap((name) => {
    const span = inRange(numberField(fields, name) ?? 1, 1, 500, name)
    return span > 1 ? [[name, span]] : []
  })
  const align = oneOf(fields, "align", ["left", "center", "right"])
  const valign = oneOf(fields, "valign", ["top", "middle", "bottom"])
  return {
    ...optionalText("text", fields, place),
    ...flag("is_header", fields),
    ...Object.fromEntries(spans),
    align: (align || "left") as RichBlockTableCell["align"],
    valign: (valign || "top") as RichBlockTableCell["valign"],
  }
}

const maxSide = 10_000
const maxRatio = 20

function map(fields: Fields, place: TextPlace): object {
  const { call } = place
  const args = asArguments(requiredObjectField(fields, "location"))
  const { location } = locationContent({ ...call, args })
  const zoom = inRange(requiredNumberField(fields, "zoom"), 0, 24, "map zoom")
  const width = inRange(requiredNumberField(fields, "width"), 1, maxSide, "map width")
  const height = inRange(requiredNumberField(fields, "height"), 1, maxSide, "map height")
  const isNarrow = Math.max(width, height) / Math.min(width, height) > maxRatio
  if (width + height > maxSide || isNarrow) throw partError("Wrong map size specified")
  return {
    location,
    zoom: Math.min(Math.max(zoom, 13), 20),
    width,
    height,
    ...caption(fields, place),
  }
}

/** Stores the file of a block. The bot needs the right to send the kind of file. */
async function medium(name: string, fields: Fields, place: BlockPlace): Promise<object> {
  const { call, count } = place
  count.media += 1
  if (count.media > maxMedia) throw CallError.badRequest("RICH_MESSAGE_MEDIA_TOO_MUCH")
  const value = {
    ...requiredObjectField(fields, name),
    type: name,
    caption: "",
    caption_entities: [],
  }
  const field = (name === "voice_note" ? "voice" : name) as PostField
  writableChat(call, field)
  const content = await inputMediaContent(call, value, { isInRichMessage: true })
  const stored = content[field as "photo"] ?? content.video
  if (stored === undefined) throw partError(`Wrong file for a block of the type "${name}"`)
  return { [name]: stored, ...flag("has_spoiler", value), ...caption(fields, place) }
}

function given(name: string, value: string): object {
  return value === "" ? {} : { [name]: value }
}

function flag(name: string, fields: Fields): object {
  return flagField(fields, name) ? { [name]: true } : {}
}

function inRange(value: number, min: number, max: number, noun: string): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw partError(`Wrong ${noun} specified`)
}

function oneOf(fields: Fields, name: string, allowed: readonly string[]): string {
  const value = textField(fields, name)
  if (value === "" || allowed.includes(value)) return value
  throw partError(`Field "${name}" has a wrong value`)
}
