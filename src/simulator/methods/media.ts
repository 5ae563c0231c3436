import type { Message } from "../../telegram/types.js"
import type { UploadedFile } from "../api/arguments.js"
import { CallError } from "../api/call-error.js"
import type { StoredFile } from "../world/file-store.js"
import { documentOf, photoOf } from "../world/stored-media.js"
import { writableChat } from "./chat-argument.js"
import { messageOptions } from "./message-options.js"
import type { Call, MethodTable } from "./method.js"
import { captionArgument } from "./text-argument.js"

/** Files, up and down. */
export const mediaMethods: MethodTable = { sendPhoto, sendDocument, getFile }

const maxPhotoBytes = 10 * 1_048_576
const maxCloudBytes = 50 * 1_048_576
const maxDownloadBytes = 20 * 1_048_576

function sendPhoto(call: Call): Message {
  const where = writableChat(call)
  const file = fileArgument(call, "photo", { folder: "photos", maxBytes: maxPhotoBytes })
  return call.world.writeAs(call.bot, where, {
    photo: photoOf(file),
    ...captionOf(call),
    ...messageOptions(call, where),
  })
}

function sendDocument(call: Call): Message {
  const where = writableChat(call)
  const maxBytes = call.world.environment.local ? Number.POSITIVE_INFINITY : maxCloudBytes
  const file = fileArgument(call, "document", { folder: "documents", maxBytes })
  return call.world.writeAs(call.bot, where, {
    document: documentOf(file),
    ...captionOf(call),
    ...messageOptions(call, where),
  })
}

function getFile({ args, world }: Call): object {
  const id = args.text("file_id")
  if (id === "") throw CallError.badRequest("file_id not specified")
  const file = world.files.find(id)
  if (file === undefined) {
    throw CallError.badRequest("wrong file_id or the file is temporarily unavailable")
  }
  const size = file.bytes.length
  if (size > maxDownloadBytes && !world.environment.local) {
    throw CallError.badRequest("file is too big")
  }
  return {
    file_id: file.id,
    file_unique_id: file.uniqueId,
    file_size: size,
    file_path: file.path,
  }
}

function captionOf({ args }: Call): Partial<Message> {
  const { text, entities } = captionArgument(args)
  if (text === "") return {}
  return { caption: text, ...(entities.length > 0 && { caption_entities: [...entities] }) }
}

function fileArgument(
  { args, world }: Call,
  name: string,
  { folder, maxBytes }: { folder: string; maxBytes: number },
): StoredFile {
  const uploaded = args.file(name)
  if (uploaded !== undefined)
    return world.files.add(folder, checkedUpload(uploaded, name, maxBytes))
  const text = args.text(name)
  if (text === "") throw CallError.badRequest(`there is no ${name} in the request`)
  if (/^https?:\/\//i.test(text)) {
    throw new CallError(501, `Not Implemented: the simulator does not fetch a ${name} from a URL`)
  }
  const known = world.files.find(text)
  if (known !== undefined) return known
  throw CallError.badRequest(
    "wrong remote file identifier specified: can't unserialize it. Wrong last symbol",
  )
}

function checkedUpload(file: UploadedFile, name: string, maxBytes: number): UploadedFile {
  if (file.bytes.length === 0) throw CallError.badRequest("file must be non-empty")
  if (file.bytes.length <= maxBytes) return file
  if (name === "photo") throw CallError.badRequest("file is too big for a photo")
  throw new CallError(413, "Request Entity Too Large")
}
