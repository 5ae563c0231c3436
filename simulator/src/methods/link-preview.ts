import type { Arguments } from "../arguments/arguments.js"
import { linkPreviewContent } from "../world/link-preview.js"
import type { MessageContent } from "../world/world.js"
import { flagField, textField, type Fields } from "./fields.js"
import { objectArgument } from "./json-argument.js"

/** Returns the link preview options of a call as a message contains them. */
export function linkPreview(args: Arguments): MessageContent {
  const previewOptions = objectArgument(args, "link_preview_options", "link preview options")
  // The parameter from before 2023, which Telegram's server still accepts.
  const isDisabled = previewOptions === undefined && args.flag("disable_web_page_preview")
  if (previewOptions !== undefined) checkLinkPreview(previewOptions)
  return linkPreviewContent(previewOptions ?? { is_disabled: isDisabled })
}

const flags = ["is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"]

/** Checks link preview options. Throws Telegram's error for invalid ones. */
export function checkLinkPreview(given: Fields): void {
  for (const flag of flags) flagField(given, flag)
  textField(given, "url")
}
