import type { LinkPreviewOptions } from "@grammyjs/types"
import type { Arguments } from "../arguments/arguments.js"
import type { MessageContent } from "../world/world.js"
import { objectArgument, textField } from "./json-argument.js"

const flags = [
  "is_disabled",
  "prefer_small_media",
  "prefer_large_media",
  "show_above_text",
] as const satisfies readonly (keyof LinkPreviewOptions)[]

/** Returns the link preview options as a message contains them. */
export function linkPreview(args: Arguments): MessageContent {
  const previewOptions = objectArgument(args, "link_preview_options", "link preview options")
  // The parameter from before 2023, which Telegram's server still accepts.
  const isDisabled = previewOptions === undefined && args.flag("disable_web_page_preview")
  const fields = previewOptions ?? { is_disabled: isDisabled }
  const url = textField(fields, "url")
  const options = {
    ...Object.fromEntries(
      flags.filter((name) => fields[name] === true).map((name) => [name, true]),
    ),
    ...(url !== "" && { url }),
  }
  return Object.keys(options).length > 0 ? { link_preview_options: options } : {}
}
