import { connectionErrors } from "./connection-errors.js"
import { registrationErrors } from "./registration-errors.js"
import { responseErrors } from "./response-errors.js"

/** What Telegram says is looked up from the first to the last. */
const patterns = [...registrationErrors, ...responseErrors, ...connectionErrors] as const

/** The stable names of what Telegram says about webhooks; `"unknown"` for what is new. */
export type WebhookErrorCode = (typeof patterns)[number][1] | "unknown"

/** Every {@link WebhookErrorCode}; each has a heading in `docs/webhook-errors.md`. */
export const webhookErrorCodes: readonly WebhookErrorCode[] = [
  ...new Set([...patterns.map(([, code]) => code), "unknown" as const]),
]

/** One of Telegram's texts about a webhook, explained. */
export interface ExplainedWebhookError {
  /** Stable name of the kind of error. */
  readonly code: WebhookErrorCode
  /** Telegram's own words. */
  readonly text: string
  /** What has happened, in a sentence or two. */
  readonly meaning: string
  /** What to do about it. */
  readonly fix: string
}

/**
 * What Telegram means by a `last_error_message` of `getWebhookInfo`, or by the description with
 * which it refused `setWebhook`, and what to do about it. A text that is not known is passed on as
 * it is, with the code `"unknown"`.
 *
 * @example
 * ```ts
 * import { Bot, explainWebhookError } from "sounder"
 *
 * const bot = new Bot(process.env.BOT_TOKEN)
 * const { last_error_message } = await bot.getWebhookInfo()
 * if (last_error_message) console.log(explainWebhookError(last_error_message).fix)
 * ```
 * @see https://core.telegram.org/bots/api#webhookinfo
 */
export function explainWebhookError(text: string): ExplainedWebhookError {
  const found = patterns.find(([pattern]) => pattern.test(text))
  if (!found) {
    return {
      code: "unknown",
      text,
      meaning: "Sounder does not know this text.",
      fix: "Run `sounder doctor` to see what is wrong, and look the text up at Telegram's.",
    }
  }
  const [, code, meaning, fix] = found
  return { code, text, meaning, fix }
}

/**
 * Whether an error can come from a certificate or a secret that Telegram has of an earlier
 * registration, neither of which it shows: registering again may mend it.
 */
export function mayBeOutdated({ code }: Pick<ExplainedWebhookError, "code">): boolean {
  return code === "certificate-not-trusted" || code === "wrong-secret"
}
