import { CallError } from "../ground/call-error.js"
import { cleanText, trimmedText } from "./clean-text.js"
import { detectedEntities } from "./entities.js"
import { givenEntities } from "./given-entities.js"
import { htmlText } from "./html-text.js"
import { legacyMarkdownText } from "./legacy-markdown-text.js"
import { markdownText } from "./markdown-text.js"
import { nestedEntities } from "./nested-entities.js"
import type { FormattedText } from "./open-entity.js"

/**
 * Returns a bot's text as Telegram stores it: formatting parsed, links and commands detected, ends
 * trimmed.
 *
 * @param mode the parameter `parse_mode`
 * @param explicit the parameter `entities`, if there is no `parse_mode`
 */
export function formatted(text: string, mode: string, explicit: unknown): FormattedText {
  const parsed = parse(text, mode)
  const entities = Array.isArray(explicit) ? givenEntities(parsed.text, explicit) : parsed.entities
  return storedText({ text: parsed.text, entities })
}

/** Returns a person's text as Telegram stores it. */
export function writtenText(text: string): FormattedText {
  return storedText({ text, entities: [] })
}

function storedText(given: FormattedText): FormattedText {
  const { text, entities } = trimmedText(cleanText(given))
  return { text, entities: nestedEntities(text, entities, detectedEntities(text)) }
}

// The longest text that Telegram's server parses.
const maxBytes = 32_768

function parse(text: string, mode: string): FormattedText {
  if (Buffer.byteLength(text) > maxBytes) throw CallError.badRequest("text is too long")
  const name = mode.toLowerCase()
  if (text === "" || name === "" || name === "none") return { text, entities: [] }
  if (name === "html") return htmlText(text)
  if (name === "markdownv2") return markdownText(text)
  if (name === "markdown") return legacyMarkdownText(text)
  throw CallError.badRequest("unsupported parse_mode")
}
