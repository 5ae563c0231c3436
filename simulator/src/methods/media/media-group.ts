import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { MessageContent } from "../../world/world.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import { isObject, reading, type Fields } from "../fields.js"
import { arrayArgument } from "../json-argument.js"
import { requiredText } from "../required-argument.js"
import type { Call } from "../method.js"
import { inputMediaContent, inputMediaField } from "./input-media.js"

const maxItems = 10

/** Sends several files as one album. */
export async function sendMediaGroup(call: Call): Promise<Message[]> {
  checkMessageArguments(call)
  requiredText(call.args, "media")
  const given = arrayArgument(call.args, "media", { noun: "media", items: "InputMedia" })
  const fields = given.map((item) =>
    reading("Can't parse InputMedia", () => inputMediaField(call, item, { isInAlbum: true })),
  )
  const items = given.filter((item) => isObject(item))
  if (items.length === 0) throw CallError.badRequest("there are no messages to send")
  if (items.length > maxItems) throw CallError.badRequest("too many messages to send as an album")
  for (const alone of ["audio", "document"] as const) {
    if (fields.includes(alone) && fields.some((field) => field !== alone)) {
      throw CallError.badRequest(`${alone} can't be mixed with other media types`)
    }
  }
  for (const field of fields) writableChat(call, field)
  const contents = await inOrder(call, items)
  const where = writableChat(call)
  const group = items.length > 1 ? { media_group_id: call.world.newId() } : {}
  return contents.map((content) => deliver(call, where, { ...content, ...group }))
}

async function inOrder(call: Call, items: readonly Fields[]): Promise<MessageContent[]> {
  const contents: MessageContent[] = []
  for (const item of items) contents.push(await inputMediaContent(call, item))
  return contents
}
