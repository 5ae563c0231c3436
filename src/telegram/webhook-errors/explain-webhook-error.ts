import { connectionErrors } from "./connection-errors.js"
import { registrationErrors } from "./registration-errors.js"
import { responseErrors } from "./response-errors.js"

/** The explained texts. The first pattern that matches a text explains it. */
const patterns = [...registrationErrors, ...responseErrors, ...connectionErrors] as const

/** The code of one of Telegram's texts about webhooks; `"unknown"` for a new text. A code never changes. */
export type WebhookErrorCode = (typeof patterns)[number][1] | "unknown"

/** Every {@link WebhookErrorCode}; each has a heading in `docs/webhook-errors.md`. */
export const webhookErrorCodes: readonly WebhookErrorCode[] = [
  ...new Set([...patterns.map(([, code]) => code), "unknown" as const]),
]

/** One of Telegram's texts about a webhook, explained. */
export interface ExplainedWebhookError {
  /** The code of the text, which never changes. */
  readonly code: WebhookErrorCode
  /** Telegram's text. */
  readonly text: string
  /** The cause of the failure, in one or two sentences. */
  readonly meaning: string
  /** The remedy. */
  readonly fix: string
}

/**
 * Explains a `last_error_message` of `getWebhookInfo`, or the description of a refused `setWebhook`: its
 * cause and its remedy. An unknown text gets the code `"unknown"`.
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
      meaning: "Sounder has no explanation for this text.",
      fix: "Run `sounder doctor` to find the cause, and search Telegram's documentation for the text.",
    }
  }
  const [, code, meaning, fix] = found
  return { code, text, meaning, fix }
}

/**
 * Returns whether an error can come from the certificate that the server presents: from its chain, its dates or
 * names, or from a type of key for which client and server share no cipher.
 */
export function isCertificateError({ code }: Pick<ExplainedWebhookError, "code">): boolean {
  return code === "certificate-not-trusted" || code === "tls-too-old"
}

/**
 * Returns whether an error may go away after the webhook is registered again. Telegram may still use the
 * certificate or the secret of an earlier registration, and `getWebhookInfo` shows neither of them.
 */
export function mayBeOutdated({ code }: Pick<ExplainedWebhookError, "code">): boolean {
  return code === "certificate-not-trusted" || code === "wrong-secret"
}
