/** The Markdown that language models write, as formatted texts that Telegram accepts. */
export { fromMarkdown, type FromMarkdownOptions } from "./from-markdown.js"
