import { isDeepStrictEqual } from "node:util"
import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { isEphemeral } from "../../world/ephemeral-messages.js"
import { withMentions } from "../../world/mentions.js"
import type { MessageContent } from "../../world/world.js"
import { isObject, reading } from "../fields.js"
import { jsonArgument } from "../json-argument.js"
import { linkPreview } from "../link-preview.js"
import { markupArgument } from "../markup-argument.js"
import { inputMediaContent, inputMediaField } from "../media/input-media.js"
import { ownMessage, type PlacedMessage } from "../message-argument.js"
import { requiredText } from "../required-argument.js"
import type { Call, MethodTable } from "../method.js"
import { richMessage } from "../rich/rich-message.js"
import { captionArgument, textArgument } from "../text-argument.js"
import { editMessageLiveLocation, stopMessageLiveLocation } from "./live-location.js"

/** Methods that edit a bot's own messages. */
export const editMethods: MethodTable = {
  editMessageText: (call) => editText(call),
  editMessageCaption: (call) => editCaption(call),
  editMessageMedia: (call) => editMedia(call),
  editMessageReplyMarkup: (call) => editMarkup(call),
  editMessageLiveLocation,
  stopMessageLiveLocation,
}

const captioned = ["photo", "document", "video", "audio", "voice", "animation"] as const

/** A function that returns the message which a call names. */
type Find = (call: Call) => PlacedMessage

/** Replaces the text of a message. */
export function editText(
  call: Call,
  find: Find = ownMessage,
): Message | true | Promise<Message | true> {
  if (call.args.text("rich_message") !== "") return editRichMessage(call, find)
  const { text, entities } = textArgument(call.args)
  const placed = find(call)
  checkText(placed)
  const { entities: _, link_preview_options: __, rich_message: ___, ...rest } = placed.message
  return replace(call, placed, {
    ...rest,
    ...linkPreview(call.args),
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
  })
}

async function editRichMessage(call: Call, find: Find): Promise<Message | true> {
  checkText(find(call))
  const rich_message = await richMessage(call)
  const placed = find(call)
  checkText(placed)
  return replace(call, placed, { ...withoutContent(placed.message), rich_message })
}

function checkText({ message }: PlacedMessage): void {
  if (message.text !== undefined || message.rich_message !== undefined) return
  throw CallError.badRequest("there is no text in the message to edit")
}

/** Replaces the caption of a message. */
export function editCaption(call: Call, find: Find = ownMessage): Message | true {
  const { text, entities } = captionArgument(call.args)
  const placed = find(call)
  if (!hasFile(placed.message)) {
    throw CallError.badRequest("there is no caption in the message to edit")
  }
  const {
    caption: _,
    caption_entities: __,
    show_caption_above_media: ___,
    ...rest
  } = placed.message
  const isAbove = call.args.flag("show_caption_above_media")
  return replace(call, placed, {
    ...rest,
    ...(text !== "" && { caption: text }),
    ...(entities.length > 0 && { caption_entities: [...entities] }),
    ...(isAbove && { show_caption_above_media: true }),
  })
}

/** Replaces the file of a message. */
export async function editMedia(call: Call, find: Find = ownMessage): Promise<Message | true> {
  requiredText(call.args, "media")
  const value = jsonArgument(call.args, "media", "input media")
  reading("Can't parse InputMedia", () => inputMediaField(call, value))
  const media = isObject(value) ? value : {}
  find(call)
  const content = await inputMediaContent(call, media)
  const placed = find(call)
  const { message } = placed
  const isText = message.text !== undefined || message.rich_message !== undefined
  if (!hasFile(message) && !isText) {
    throw CallError.badRequest("message can't be edited")
  }
  return replace(call, placed, { ...withoutContent(message), ...content })
}

/** Replaces the keyboard of a message. */
export function editMarkup(call: Call, find: Find = ownMessage): Message | true {
  const placed = find(call)
  return replace(call, placed, placed.message)
}

/** Replaces a message by its edited version. The keyboard is the call's, or none. */
export function replace(
  call: Call,
  { where, message, isInline }: PlacedMessage,
  changed: Message,
): Message | true {
  const markup = markupArgument(call.args)
  const { reply_markup: _, ...rest } = withMentions((id) => call.world.userOf(id), changed)
  const next = { ...rest, ...(markup !== undefined && { reply_markup: markup }) }
  if (isDeepStrictEqual(withoutEditDate(next), withoutEditDate(message))) {
    throw CallError.badRequest(
      "message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message",
    )
  }
  const dated = { ...next, edit_date: call.world.now }
  if (isEphemeral(dated)) {
    call.world.editEphemeral(where, dated)
    return true
  }
  const edited = call.world.edit(where, dated)
  return isInline ? true : edited
}

function hasFile(message: Message): boolean {
  return captioned.some((field) => message[field] !== undefined)
}

function withoutEditDate(message: Message): object {
  const { edit_date: _, ...rest } = message
  return rest
}

// The fields that stay when the content of a message is replaced.
function withoutContent(message: Message): Message {
  const { message_id, from, sender_chat, chat, date, reply_to_message, via_bot } = message
  const { message_thread_id, is_topic_message, media_group_id } = message
  const { receiver_user, ephemeral_message_id } = message
  const keptFields: MessageContent = {
    ...(sender_chat !== undefined && { sender_chat }),
    ...(reply_to_message !== undefined && { reply_to_message }),
    ...(via_bot !== undefined && { via_bot }),
    ...(message_thread_id !== undefined && { message_thread_id }),
    ...(is_topic_message !== undefined && { is_topic_message }),
    ...(media_group_id !== undefined && { media_group_id }),
    ...(receiver_user !== undefined && { receiver_user }),
    ...(ephemeral_message_id !== undefined && { ephemeral_message_id }),
  }
  return { message_id, ...(from !== undefined && { from }), chat, date, ...keptFields }
}
