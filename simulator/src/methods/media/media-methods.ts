import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { mediaKinds } from "../../world/media/media-kinds.js"
import { fieldOfPath } from "../../world/media/media-kinds.js"
import { mediaContent } from "../../world/media/stored-media.js"
import type { MediaField } from "../../world/media/media-types.js"
import { writableChat } from "../chat-argument.js"
import { checkMessageArguments, deliver } from "../deliver.js"
import type { Call, Method, MethodTable } from "../method.js"
import { captionContent } from "./caption-argument.js"
import { factsArgument } from "./facts-argument.js"
import { fileOf, nounOf } from "./file-argument.js"
import { fileView } from "./file-view.js"
import { sendMediaGroup } from "./media-group.js"

/** Methods that send and download files. */
export const mediaMethods: MethodTable = {
  sendPhoto: sends("photo"),
  sendLivePhoto: sends("live_photo"),
  sendDocument: sends("document"),
  sendVideo: sends("video"),
  sendAudio: sends("audio"),
  sendVoice: sends("voice"),
  sendVideoNote: sends("video_note"),
  sendAnimation: sends("animation"),
  sendSticker: sends("sticker"),
  sendMediaGroup,
  getFile,
}

const maxDownloadBytes = 20 * 1_048_576

function sends(field: MediaField): Method {
  return async (call: Call): Promise<Message> => {
    expectFile(call, field)
    const caption = mediaKinds[field].hasCaption ? captionContent(call.args) : {}
    checkMessageArguments(call)
    writableChat(call, field)
    const file = await fileOf(call, field, { given: call.args.text(field), name: field })
    const facts = await factsArgument(call, field, call.args)
    // Fetching takes time, so the chat may have changed meanwhile.
    const where = writableChat(call, field)
    // A sticker of a set stays a sticker, and a known file keeps the kind it was sent as.
    const knownSticker = field === "sticker" ? call.world.stickers.sticker(file.id) : undefined
    const kind = fieldOfPath(file.path) ?? field
    const content = knownSticker ? { sticker: knownSticker } : mediaContent(kind, file, facts)
    return deliver(call, where, { ...content, ...caption })
  }
}

function expectFile({ args }: Call, field: MediaField): void {
  if (args.text(field) !== "" || args.file(field) !== undefined) return
  throw CallError.badRequest(`there is no ${nounOf(field)} in the request`)
}

function getFile({ args, world }: Call): object {
  const id = args.text("file_id")
  if (id === "") throw CallError.badRequest("file_id not specified")
  const file = world.files.find(id)
  if (file === undefined) {
    throw CallError.badRequest("invalid file_id")
  }
  const size = file.bytes.length
  if (size > maxDownloadBytes && !world.environment.local) {
    throw CallError.badRequest("file is too big")
  }
  return fileView(file)
}
