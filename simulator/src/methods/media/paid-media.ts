import type { Message, PaidMedia } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { billKey } from "../../world/payments.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import { isObject, reading, type Fields } from "../fields.js"
import { arrayArgument } from "../json-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"
import { captionContent } from "./caption-argument.js"
import { inputMediaContent, inputMediaField } from "./input-media.js"

/** The method for files that people buy with Telegram Stars. */
export const paidMediaMethods: MethodTable = { sendPaidMedia }

const maxStars = 25_000
const maxItems = 10
const maxPayload = 128
const kinds = ["photo", "video", "live_photo"] as const

async function sendPaidMedia(call: Call): Promise<Message> {
  const { args, bot, world } = call
  requiredText(args, "media")
  const star_count = args.integer("star_count", 0, 0, 2 ** 31 - 1)
  if (star_count < 1 || star_count > maxStars) throw CallError.badRequest("STARS_AMOUNT_INVALID")
  const payload = args.text("payload")
  if (Buffer.byteLength(payload) > maxPayload) throw CallError.badRequest("PAYLOAD_TOO_LONG")
  const caption = captionContent(args)
  checkMessageArguments(call)
  const items = itemsOf(call)
  const paid_media: PaidMedia[] = []
  for (const item of items) paid_media.push(await paidMedia(call, item))
  const where = writableChat(call)
  const message = deliver(call, where, { paid_media: { star_count, paid_media }, ...caption })
  if (payload !== "") {
    const key = billKey(where.chat.id, message.message_id, bot.me.id)
    world.payments.paidMedia.set(key, payload)
  }
  return message
}

function itemsOf(call: Call): Fields[] {
  const given = arrayArgument(call.args, "media", { noun: "media", items: "InputPaidMedia" })
  for (const item of given) {
    const field = reading("Can't parse InputPaidMedia", () => inputMediaField(call, item))
    if (!kinds.some((kind) => kind === field)) {
      throw CallError.badRequest(`can't parse InputPaidMedia: type "${field}" is unsupported`)
    }
  }
  const items = given.filter((item) => isObject(item))
  if (items.length === 0) throw CallError.badRequest("there are no media to send")
  if (items.length > maxItems) throw CallError.badRequest("too many media to send")
  return items
}

async function paidMedia(call: Call, item: Fields): Promise<PaidMedia> {
  const { photo = [], live_photo, video } = await inputMediaContent(call, item)
  if (live_photo !== undefined) return { type: "live_photo", live_photo }
  return video === undefined ? { type: "photo", photo } : { type: "video", video }
}
