import type { Advice } from "../ground/advice.js"
import type { CallPlace } from "../ground/call-place.js"

/** The maximum length of a parameter, in characters. */
const limits: Readonly<Record<string, number>> = { text: 4_096, caption: 1_024 }

/** The maximum length of the text of `answerCallbackQuery`. */
const noteLimit = 200

/** A call that is about to be made. */
interface PlacedCall {
  readonly method: string
  readonly params: object | undefined
  readonly place: CallPlace
}

/**
 * Logs a text that is longer than Telegram allows. Ignores texts with a `parse_mode`, because Telegram
 * counts their characters without the markup.
 */
export function adviseOnLength({ method, params, place }: PlacedCall, advice: Advice): void {
  if (typeof params !== "object" || params === null || "parse_mode" in params) return
  for (const [name, usual] of Object.entries(limits)) {
    const text: unknown = Reflect.get(params, name)
    const limit = method === "answerCallbackQuery" ? noteLimit : usual
    if (typeof text !== "string" || text.length <= limit) continue
    const length = [...text].length
    if (length <= limit) continue
    const from = place.line === undefined ? "" : ` at ${place.line}`
    const cure = name === "caption" ? "Shorten it, or send the rest as a message" : "Split it"
    advice.tell(
      `The \`${name}\` of ${method}${from} has ${length} characters, and Telegram takes ${limit}. ${cure}`,
      `${method} ${from}`,
    )
  }
}
