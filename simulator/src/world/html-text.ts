import { ownValue } from "../ground/own-value.js"
import type { MessageEntity } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import {
  closeEntity,
  timeOf,
  type FormattedText,
  type FormattedType,
  type OpenEntity,
} from "./open-entity.js"

interface Tag extends OpenEntity {
  readonly tag: string
}

const types: Readonly<Record<string, FormattedType>> = {
  b: "bold",
  strong: "bold",
  i: "italic",
  em: "italic",
  u: "underline",
  ins: "underline",
  s: "strikethrough",
  strike: "strikethrough",
  del: "strikethrough",
  "tg-spoiler": "spoiler",
  span: "spoiler",
  code: "code",
  pre: "pre",
  a: "text_link",
  blockquote: "blockquote",
  "tg-emoji": "custom_emoji",
  "tg-time": "date_time",
}

const token = /<(\/?)([a-z-]*)([^<>]*)(>?)|&(lt|gt|amp|quot|#\d{1,7}|#x[0-9a-f]{1,6});?|[^<&]+|&/gi

/** Parses `parse_mode: "HTML"`. Throws 400 with Telegram's text. */
export function htmlText(html: string): FormattedText {
  const entities: MessageEntity[] = []
  const open: Tag[] = []
  let text = ""
  for (const match of html.matchAll(token)) {
    const [whole, slash, name = "", attributes = "", end, reference] = match
    const at = () => byteAt(html, match.index)
    if (reference !== undefined) text += character(reference, whole)
    else if (slash === undefined) text += whole
    else if (end === "") {
      throw broken(`Unclosed ${slash === "/" ? "end" : "start"} tag at byte offset ${at()}`)
    } else if (slash === "/") closeTag({ open, entities, text, name: name.toLowerCase(), at })
    else open.push(openTag(name.toLowerCase(), attributes, { offset: text.length, at }))
  }
  const unclosed = open.pop()
  if (unclosed) throw broken(`Can't find end tag corresponding to start tag "${unclosed.tag}"`)
  return { text, entities }
}

function openTag(
  tag: string,
  attributes: string,
  place: { offset: number; at: () => number },
): Tag {
  const type = ownValue(types, tag)
  if (type === undefined) {
    throw broken(`Unsupported start tag "${tag}" at byte offset ${place.at()}`)
  }
  const value = (name: string) => attributeOf(attributes, name)
  if (tag === "span" && value("class") !== "tg-spoiler") {
    throw broken(`Tag "span" must have class "tg-spoiler" at byte offset ${place.at()}`)
  }
  if (tag === "tg-emoji" && !/^\d{1,19}$/.test(value("emoji-id") ?? "")) {
    throw broken("Invalid custom emoji identifier specified")
  }
  const time = timeOf(value("unix") ?? "", value("format") ?? "")
  if (tag === "tg-time" && time === undefined) {
    throw broken("Invalid date-time entity specified")
  }
  const language = /^language-(.*)$/.exec(value("class") ?? "")?.[1]
  return {
    tag,
    type:
      tag === "blockquote" && /\bexpandable\b/i.test(attributes) ? "expandable_blockquote" : type,
    offset: place.offset,
    ...(tag === "a" && { url: value("href") ?? "" }),
    ...(tag === "tg-emoji" && { custom_emoji_id: value("emoji-id") ?? "" }),
    ...(tag === "tg-time" && time && { time }),
    ...(language !== undefined && { language }),
  }
}

function closeTag(state: {
  open: Tag[]
  entities: MessageEntity[]
  text: string
  name: string
  at: () => number
}): void {
  const { open, entities, text, name, at } = state
  const tag = open.pop()
  if (tag === undefined) throw broken(`Unexpected end tag at byte offset ${at()}`)
  if (name !== "" && name !== tag.tag) {
    throw broken(
      `Unmatched end tag at byte offset ${at()}, expected "</${tag.tag}>", found "</${name}>"`,
    )
  }
  // The language is an attribute of the inner code tag.
  const outer = open.at(-1)
  if (tag.type === "code" && outer?.type === "pre" && outer.offset === tag.offset) {
    if (tag.language !== undefined) outer.language = tag.language
    return
  }
  closeEntity(tag, text, entities)
}

const attribute = /([a-z][a-z0-9-]*)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"']+)))?/gi

// The value of a tag's attribute, with its character references replaced.
function attributeOf(attributes: string, name: string): string | undefined {
  for (const [, found = "", double, single, bare] of attributes.matchAll(attribute)) {
    if (found.toLowerCase() !== name) continue
    const value = double ?? single ?? bare ?? ""
    return value.replaceAll(referenceInValue, (whole, reference: string) =>
      character(reference, whole),
    )
  }
  return undefined
}

const referenceInValue = /&(lt|gt|amp|quot|#\d{1,7}|#x[0-9a-f]{1,6});?/gi

function character(reference: string, whole: string): string {
  const named: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"' }
  const code = /^#x/i.test(reference)
    ? Number.parseInt(reference.slice(2), 16)
    : Number(reference.slice(1))
  return (
    ownValue(named, reference.toLowerCase()) ??
    (code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : whole)
  )
}

function byteAt(text: string, index: number): number {
  return Buffer.byteLength(text.slice(0, index))
}

function broken(reason: string): CallError {
  return CallError.badRequest(`can't parse entities: ${reason}`)
}
