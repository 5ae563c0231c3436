/** Formatted texts: made of templates, cut at Telegram's limits, and turned into HTML and Markdown. */
export type { FormattedText } from "../telegram/formatted-text.js"
export { fmt, join, type TextPart } from "./fmt.js"
export {
  blockquote,
  bold,
  code,
  customEmoji,
  dateTime,
  type DateTimeFormat,
  expandableBlockquote,
  italic,
  link,
  mention,
  pre,
  spoiler,
  strikethrough,
  type TextStyle,
  underline,
} from "./formats.js"
export { messageText, type TextSource } from "./message-text.js"
export { split, type SplitOptions } from "./split.js"
export { toHtml } from "./to-html.js"
export { toMarkdown } from "./to-markdown.js"
