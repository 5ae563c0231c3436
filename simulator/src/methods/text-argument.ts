import type { MessageEntity } from "@grammyjs/types"
import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { formatted } from "../world/formatted-text.js"

/** A text with its entities. */
export interface RichText {
  readonly text: string
  readonly entities: readonly MessageEntity[]
}

const maxText = 4096
const maxCaption = 1024

/** Returns the text of a message, with its formatting parsed. */
export function textArgument(args: Arguments): RichText {
  if (args.text("text") === "") throw CallError.badRequest("message text is empty")
  const text = rich(args, "text", "entities")
  if (text.text === "") throw CallError.badRequest("text must be non-empty")
  if ([...text.text].length > maxText) throw CallError.badRequest("message is too long")
  return text
}

/** Returns the caption of a file, with its formatting parsed; empty without one. */
export function captionArgument(args: Arguments): RichText {
  const caption = rich(args, "caption", "caption_entities")
  if ([...caption.text].length > maxCaption) {
    throw CallError.badRequest("message caption is too long")
  }
  return caption
}

function rich(args: Arguments, name: string, entitiesName: string): RichText {
  const explicit: unknown = args.text("parse_mode") === "" ? args.json(entitiesName) : undefined
  return formatted(args.text(name), args.text("parse_mode"), explicit)
}
