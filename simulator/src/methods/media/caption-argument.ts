import type { MessageContent } from "../../world/world.js"
import type { Arguments } from "../../arguments/arguments.js"
import { captionArgument } from "../text-argument.js"

/** Returns the caption as a message contains it. */
export function captionContent(args: Arguments): MessageContent {
  const { text, entities } = captionArgument(args)
  const above = args.flag("show_caption_above_media")
  const spoiler = args.flag("has_spoiler")
  return {
    ...(text !== "" && { caption: text }),
    ...(entities.length > 0 && { caption_entities: [...entities] }),
    ...(above && { show_caption_above_media: true }),
    ...(spoiler && { has_media_spoiler: true }),
  }
}
