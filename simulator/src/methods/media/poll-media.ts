import type { PollMedia } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { mediaContent } from "../../world/media/stored-media.js"
import type { MediaField } from "../../world/media/media-types.js"
import { asArguments, textField, type Fields } from "../fields.js"
import { objectArgument } from "../json-argument.js"
import type { Call } from "../method.js"
import { locationArgument, venueArgument } from "../sending/small-contents.js"
import { factsArgument } from "./facts-argument.js"
import { fileOf } from "./file-argument.js"

const files: readonly MediaField[] = ["animation", "live_photo", "photo", "video"]
const inPolls = new Set<string>([...files, "audio", "document", "location", "venue"])
const inOptions = new Set<string>([...files, "link", "location", "sticker", "venue"])

/** Returns the media in a parameter of a poll; `undefined` without one. */
export async function pollMediaArgument(call: Call, name: string): Promise<PollMedia | undefined> {
  const given = objectArgument(call.args, name, "InputPollMedia")
  return given && pollMedia(call, given, inPolls)
}

/** Returns the media of an option of a poll; `undefined` without one. */
export async function optionMedia(call: Call, option: Fields): Promise<PollMedia | undefined> {
  const given = option["media"]
  if (given === undefined) return undefined
  if (typeof given !== "object" || given === null) {
    throw CallError.badRequest("object expected as InputPollOptionMedia")
  }
  return pollMedia(call, { ...given }, inOptions)
}

async function pollMedia(
  call: Call,
  given: Fields,
  allowed: ReadonlySet<string>,
): Promise<PollMedia> {
  const type = textField(given, "type")
  if (!allowed.has(type)) throw CallError.badRequest(`type "${type}" is not supported in a poll`)
  const fields = asArguments(given)
  if (type === "link") return { link: { url: textField(given, "url") } }
  if (type === "location") return { location: locationArgument(fields) }
  if (type === "venue") return { venue: venueArgument(fields) }
  // The set above contains the other kinds of file.
  const field = type as MediaField
  const file = await fileOf(call, field, { given: textField(given, "media"), name: "" })
  const facts = await factsArgument(call, field, fields)
  // The parts of a message that a kind of file consists of; only its own field belongs to a poll.
  const content: PollMedia = mediaContent(field, file, facts)
  return { [field]: content[field as keyof PollMedia] }
}
