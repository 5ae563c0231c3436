import type { AdviceLog } from "../ground/advice-log.js"
import { isFormattedText } from "../telegram/formatted-text.js"
import type { PlacedCall } from "./placed-call.js"

/** The maximum number of characters of a parameter, by its name. */
const limits: Readonly<Record<string, number>> = { text: 4_096, caption: 1_024 }

/** The maximum number of characters of these parameters in the methods that have limits of their own. */
const limitsByMethod: ReadonlyMap<string, number> = new Map([
  ["answerCallbackQuery", 200],
  ["editStory", 2_048],
  ["giftPremiumSubscription", 128],
  ["postStory", 2_048],
  ["sendGift", 128],
])

/**
 * Logs advice about a text that Telegram would refuse because the text is too long. A text with a parse mode is
 * not checked, because Telegram counts its characters without the markup.
 */
export function adviseOnLength({ method, params, place }: PlacedCall, advice: AdviceLog): void {
  if (typeof params !== "object" || params === null) return
  if (hasValue(params, "parse_mode") || hasValue(params, "text_parse_mode")) return
  for (const [name, defaultLimit] of Object.entries(limits)) {
    const given: unknown = Reflect.get(params, name)
    const text = isFormattedText(given) ? given.text : given
    const limit = limitsByMethod.get(method) ?? defaultLimit
    if (typeof text !== "string" || text.length <= limit) continue
    const count = tooLongCount(text, limit)
    if (count === undefined) continue
    const at = place.line === undefined ? "" : ` at ${place.line}`
    advice.warnOnce(
      `The \`${name}\` of ${method}${at} has ${count} characters, and Telegram accepts ${limit}. ${fixOf(method, name)}`,
      `${method} ${at}`,
    )
  }
}

function hasValue(params: object, name: string): boolean {
  const value: unknown = Reflect.get(params, name)
  return value !== undefined && value !== null
}

function fixOf(method: string, name: string): string {
  if (limitsByMethod.has(method)) return "Shorten it"
  return name === "caption"
    ? "Shorten it, or send the rest as a message"
    : "Cut it with `split` of sounder/text"
}

/**
 * Returns the number of characters of a text that is too long, for the log line; `undefined` for a text
 * within the limit. White space at the ends does not count, because Telegram removes it. A character is one
 * or two UTF-16 units, so a text of more than four units per allowed character need not be counted.
 */
function tooLongCount(text: string, limit: number): string | undefined {
  const trimmed = text.trim()
  if (trimmed.length > 4 * limit) return `more than ${2 * limit}`
  const { length } = [...trimmed]
  return length > limit ? String(length) : undefined
}
