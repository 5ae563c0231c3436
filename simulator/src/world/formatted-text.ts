import type { MessageEntity } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import { findEntities } from "./entities.js"
import { inOrder } from "./found-spans.js"
import { givenEntities } from "./given-entities.js"
import { htmlText } from "./html-text.js"
import { legacyMarkdownText } from "./legacy-markdown-text.js"
import { markdownText } from "./markdown-text.js"
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
  const explicitEntities = Array.isArray(explicit)
    ? givenEntities(parsed.text, explicit)
    : parsed.entities
  return trimmed(parsed.text, withFound(parsed.text, explicitEntities))
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

function withFound(text: string, explicitEntities: readonly MessageEntity[]): MessageEntity[] {
  const detectedEntities = findEntities(text, explicitEntities)
  return inOrder([...explicitEntities, ...detectedEntities])
}

function trimmed(text: string, entities: readonly MessageEntity[]): FormattedText {
  const start = text.length - text.trimStart().length
  const kept = text.trim()
  if (kept.length === text.length) return { text, entities }
  const moved = entities.map((entity) => {
    const offset = Math.max(0, entity.offset - start)
    const end = Math.min(kept.length, entity.offset - start + entity.length)
    return { ...entity, offset, length: end - offset }
  })
  return { text: kept, entities: moved.filter(({ length }) => length > 0) }
}
