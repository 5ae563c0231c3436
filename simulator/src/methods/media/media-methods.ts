import type { Message } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { mediaKinds } from "../../world/media-files.js"
import { mediaContent, type MediaFacts, type MediaField } from "../../world/stored-media.js"
import { writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import type { Call, Method, MethodTable } from "../method.js"
import { captionContent } from "./caption-argument.js"
import { fileOf } from "./file-argument.js"
import { fileView } from "./file-view.js"
import { sendMediaGroup } from "./media-group.js"

/** Files, up and down. */
export const mediaMethods: MethodTable = {
  sendPhoto: sends("photo"),
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
    writableChat(call, field)
    const file = await fileOf(call, field, { given: call.args.text(field), name: field })
    // Fetching takes time, in which everything may have changed.
    const where = writableChat(call, field)
    const caption = mediaKinds[field].hasCaption ? captionContent(call.args) : {}
    // One of a set is what it is in its set.
    const known = field === "sticker" ? call.world.stickers.sticker(file.id) : undefined
    const content = known ? { sticker: known } : mediaContent(field, file, factsOf(call))
    return deliver(call, where, { ...content, ...caption })
  }
}

function factsOf({ args }: Call): MediaFacts {
  const numbers = { width: "width", height: "height", duration: "duration" } as const
  const given = Object.keys(numbers).filter((name) => args.text(name) !== "")
  const read = given.map((name) => [name, args.integer(name, 0, 0, 2 ** 31 - 1)] as const)
  const length = args.integer("length", 0, 0, 640)
  const texts = ["performer", "title", "emoji"].filter((name) => args.text(name) !== "")
  return {
    ...Object.fromEntries(read),
    ...(length > 0 && { width: length }),
    ...Object.fromEntries(texts.map((name) => [name, args.text(name)])),
  }
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
