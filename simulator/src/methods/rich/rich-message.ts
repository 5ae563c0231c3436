import type { Message, RichMessage } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { blocksOfHtml, type FindMedium } from "../../world/rich/rich-html.js"
import { htmlOfMarkdown } from "../../world/rich/rich-markdown.js"
import { plainMessage } from "../../world/rich/rich-plain.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import {
  arrayField,
  expectObject,
  flagField,
  partError,
  reading,
  requiredObjectField,
  requiredTextField,
  textField,
  type Fields,
} from "../fields.js"
import { objectArgument } from "../json-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"
import { checkDraft, showDraft } from "../sending/drafts.js"
import { richBlocks } from "./rich-blocks.js"

/** Methods for messages with headings, lists, tables and media. */
export const richMethods: MethodTable = { sendRichMessage, sendRichMessageDraft }

const maxCharacters = 32_768
/** The longest HTML or Markdown that is parsed, in UTF-16 code units. */
const maxSource = 8 * maxCharacters

async function sendRichMessage(call: Call): Promise<Message> {
  requiredText(call.args, "rich_message")
  checkMessageArguments(call)
  writableChat(call)
  const rich_message = await richMessage(call)
  return deliver(call, writableChat(call), { rich_message })
}

async function sendRichMessageDraft(call: Call): Promise<true> {
  requiredText(call.args, "rich_message")
  checkDraft(call)
  const richDraft = await richMessage(call, { isDraft: true })
  return showDraft(call, { text: plainMessage(richDraft), richMessage: richDraft })
}

/** Returns the rich message of a call. Throws 400 for an invalid one. */
export async function richMessage(
  call: Call,
  { isDraft = false }: { readonly isDraft?: boolean } = {},
): Promise<RichMessage> {
  const fields = objectArgument(call.args, "rich_message", "rich message") ?? {}
  const sources = ["blocks", "html", "markdown"].filter((name) => isGiven(fields[name]))
  if (sources.length !== 1) {
    throw CallError.badRequest("exactly one of the fields html, markdown, and blocks must be used")
  }
  const detects = !reading(name, () => flagField(fields, "skip_entity_detection"))
  const count = { blocks: 0, media: 0 }
  const given = await givenBlocks(fields)
  const blocks = await readingAsync(() =>
    richBlocks(given, { call, detects, depth: 1, isDraft, count }),
  )
  if (blocks.length === 0) throw CallError.badRequest("message text is empty")
  const isRightToLeft = reading(name, () => flagField(fields, "is_rtl"))
  const message: RichMessage = { blocks, ...(isRightToLeft && { is_rtl: true }) }
  if ([...plainMessage(message)].length > maxCharacters) {
    throw CallError.badRequest("RICH_MESSAGE_TOO_LONG")
  }
  return message
}

const name = "Can't parse InputRichMessage"

async function givenBlocks(fields: Fields): Promise<readonly unknown[]> {
  const source = reading(name, () => textField(fields, "html") || textField(fields, "markdown"))
  if (source === "") return reading(name, () => arrayField(fields, "blocks") ?? [])
  if (source.length > maxSource) throw CallError.badRequest("RICH_MESSAGE_TOO_LONG")
  const find = reading(name, () => mediaOf(fields))
  const html = isGiven(fields["html"]) ? source : await htmlOfMarkdown(source)
  return blocksOfHtml(html, find)
}

/** Returns the function that finds the media which the text names. */
function mediaOf(fields: Fields): FindMedium {
  const media = new Map<string, Fields>()
  for (const each of arrayField(fields, "media") ?? []) {
    const item = expectObject(each, "expected an Object")
    const id = requiredTextField(item, "id")
    if (!/^[\w-]{1,64}$/.test(id)) throw partError("Wrong media identifier specified")
    media.set(id, requiredObjectField(item, "media"))
  }
  return (link) => {
    const id = /^tg:\/\/(?:photo|video|document|audio)\?id=([\w-]+)$/.exec(link)?.[1] ?? ""
    const found = media.get(id)
    if (found !== undefined) return found
    throw CallError.badRequest(`can't find media for the link "${link}"`)
  }
}

async function readingAsync<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read()
  } catch (error) {
    return reading(name, () => {
      throw error
    })
  }
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null && value !== ""
}
