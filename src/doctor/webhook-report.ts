import type { WebhookInfo } from "../telegram/types.js"
import { explainWebhookError } from "../telegram/webhook-errors/explain-webhook-error.js"
import { shownUrl } from "./shown-url.js"
import { spelledAge } from "./spelled-age.js"

/** What a {@link webhookReport} can be told. */
export interface WebhookReportOptions {
  /** The bot's token, so that it is left out where the URL holds it. */
  readonly token?: string
  /** What time it is; this machine's clock by default. */
  readonly now?: Date
}

/**
 * What Telegram knows of a webhook, in words: a `last_error_message` with what it means and what to
 * do.
 *
 * @param info what `getWebhookInfo` has answered
 * @see https://core.telegram.org/bots/api#webhookinfo
 */
export function webhookReport(info: WebhookInfo, options: WebhookReportOptions = {}): string {
  const waiting = `${info.pending_update_count} ${plural(info.pending_update_count)}`
  if ((info.url ?? "") === "") {
    return `No webhook is set: the bot polls, or gets nothing. ${waiting} with Telegram.\n`
  }
  const rows: readonly (readonly [string, string | undefined])[] = [
    ["URL", shownUrl(info.url ?? "", options)],
    ["Address", info.ip_address],
    ["Certificate", info.has_custom_certificate ? "uploaded" : "of an authority, not uploaded"],
    ["Connections", info.max_connections?.toString()],
    ["Updates", info.allowed_updates?.join(", ") ?? "all but those that have to be asked for"],
    ["Waiting", waiting],
    ["Last failure", failureOf(info, options)],
  ]
  const lines = rows.flatMap(([name, text]) => (text === undefined ? [] : [line(name, text)]))
  return `${lines.join("")}${explained(info)}`
}

function line(name: string, text: string): string {
  return `${name.padEnd(14)}${text}\n`
}

function plural(count: number): string {
  return count === 1 ? "update waits" : "updates wait"
}

function failureOf(
  { last_error_date: date, last_error_message: text }: WebhookInfo,
  { now = new Date() }: WebhookReportOptions,
): string {
  if (date === undefined) return "none since the webhook was set"
  const seconds = Math.max(0, Math.round(now.getTime() / 1000 - date))
  return `${spelledAge(seconds)} ago: ${text ?? ""}`
}

function explained({ last_error_message: text, pending_update_count: waiting }: WebhookInfo) {
  if (text === undefined) return ""
  const { meaning, fix } = explainWebhookError(text)
  const isOver = waiting === 0 ? "Nothing waits, so it may be over: Telegram keeps the text.\n" : ""
  return `\n${meaning}\n${fix}\n${isOver}`
}
