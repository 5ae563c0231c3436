import { expectOptionsObject } from "../ground/expect-option.js"
import type { WebhookInfo } from "../telegram/types.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"
import { redactUrl } from "./redact-url.js"
import { ageText } from "./age-text.js"

/** The options of {@link webhookReport}. */
export interface WebhookReportOptions {
  /** The bot's token, which is hidden if the URL contains it. Default: none. */
  readonly token?: string
  /** The time from which the age of the last failure is counted. Default: the current time. */
  readonly now?: Date
}

/**
 * Returns the registration of a webhook as text for a person, with the meaning and the fix of its last
 * error.
 *
 * @param info the result of `getWebhookInfo`
 * @see https://core.telegram.org/bots/api#webhookinfo
 */
export function webhookReport(info: WebhookInfo, options: WebhookReportOptions = {}): string {
  expectOptionsObject(options, "webhookReport(info, { token })", { token: true, now: true })
  const pending = `${info.pending_update_count} ${plural(info.pending_update_count)}`
  if ((info.url ?? "") === "") {
    return `No webhook is set: the bot polls, or gets no updates. ${pending} at Telegram.\n`
  }
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["URL", redactUrl(info.url ?? "", options)],
    ["Address", info.ip_address],
    ["Certificate", info.has_custom_certificate ? "uploaded" : "not uploaded"],
    ["Connections", info.max_connections?.toString()],
    ["Updates", info.allowed_updates?.join(", ") ?? "Telegram's default types"],
    ["Pending", pending],
    ["Last failure", failureOf(info, options)],
  ]
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [line(name, text)]))
  return `${lines.join("")}${explanationOf(info)}`
}

function line(name: string, text: string): string {
  return `${name.padEnd(14)}${text}\n`
}

function plural(count: number): string {
  return count === 1 ? "update is pending" : "updates are pending"
}

function failureOf(
  { last_error_date: date, last_error_message: text }: WebhookInfo,
  { now = new Date() }: WebhookReportOptions,
): string {
  if (date === undefined) return "none since the webhook was set"
  const seconds = Math.max(0, Math.round(now.getTime() / 1000 - date))
  return `${ageText(seconds)} ago: ${text ?? ""}`
}

function explanationOf({ last_error_message: text, pending_update_count: waiting }: WebhookInfo) {
  if (text === undefined) return ""
  const { meaning, fix } = explainWebhookError(text)
  const overHint =
    waiting === 0
      ? "No update is pending, so the failure may be over: Telegram keeps the last message.\n"
      : ""
  return `\n${meaning}\n${fix}\n${overHint}`
}
