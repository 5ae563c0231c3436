import type { LinkPreviewOptions } from "@grammyjs/types"
import type { MessageContent } from "./world.js"

const flags = [
  "is_disabled",
  "prefer_small_media",
  "prefer_large_media",
  "show_above_text",
] as const satisfies readonly (keyof LinkPreviewOptions)[]

/** Returns the link preview options as a message contains them. */
export function linkPreviewContent(given: Readonly<Record<string, unknown>>): MessageContent {
  const { url } = given
  const options = {
    ...Object.fromEntries(flags.filter((name) => given[name] === true).map((name) => [name, true])),
    ...(typeof url === "string" && url !== "" && { url }),
  }
  return Object.keys(options).length > 0 ? { link_preview_options: options } : {}
}
