import type { AdviceLog } from "../ground/advice-log.js"
import type { CallPlace } from "../ground/call-place.js"

/** The maximum number of characters of a parameter, by its name. */
const limits: Readonly<Record<string, number>> = { text: 4_096, caption: 1_024 }

/** The maximum number of characters of `text` in `answerCallbackQuery`. */
const callbackTextLimit = 200

/** A call that is about to be made, and its place in the program. */
interface PlacedCall {
  readonly method: string
  readonly params: object | undefined
  readonly place: CallPlace
}

/**
 * Logs a text that Telegram would refuse because it is too long. A text with a `parse_mode` is not checked,
 * because Telegram counts its characters without the markup.
 */
export function adviseOnLength({ method, params, place }: PlacedCall, advice: AdviceLog): void {
  if (typeof params !== "object" || params === null || "parse_mode" in params) return
  for (const [name, defaultLimit] of Object.entries(limits)) {
    const text: unknown = Reflect.get(params, name)
    const limit = method === "answerCallbackQuery" ? callbackTextLimit : defaultLimit
    if (typeof text !== "string" || text.length <= limit) continue
    const length = [...text].length
    if (length <= limit) continue
    const at = place.line === undefined ? "" : ` at ${place.line}`
    const fix = name === "caption" ? "Shorten it, or send the rest as a message" : "Split it"
    advice.warnOnce(
      `The \`${name}\` of ${method}${at} has ${length} characters, and Telegram accepts ${limit}. ${fix}`,
      `${method} ${at}`,
    )
  }
}
