import {
  type ExplainedWebhookError,
  explainWebhookError,
  type WebhookErrorCode,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding, type Finding, type FindingCode } from "../finding.js"
import type { Evidence } from "../evidence.js"
import { ageText } from "../age-text.js"

/**
 * The age up to which the last failure counts as the current state, in seconds. Telegram repeats a failed
 * delivery within two minutes, so an older failure is over.
 */
const freshSeconds = 300
/** With this many pending updates or more, there is a warning. */
const manyPending = 100
const repeatHint =
  "If you have just fixed the cause, run the doctor again in two minutes: Telegram repeats the delivery by then."

/** The findings for errors that Telegram reports, if another check has a finding for the same defect. */
const codes: Readonly<Partial<Record<WebhookErrorCode, FindingCode>>> = {
  "wrong-secret": "wrong-secret",
  "server-failed": "server-error",
  "not-ready": "not-ready",
  "no-answer": "no-answer",
  "wrong-path": "wrong-path",
  redirect: "redirect",
  "body-too-long": "body-limit",
  "answer-compressed": "answer-encoding",
  "proxy-lost-bot": "proxy-cannot-reach-bot",
  "certificate-not-trusted": "certificate-not-trusted",
}

/** The check that Telegram reports no failing deliveries. */
export const deliveryCheck: Check = {
  name: "delivery",
  title: "Deliveries",
  needs: ["webhook"],
  skipReason: ({ options, info }) => {
    if (!options.bot) return "no token was given"
    return (info?.url ?? "") === "" ? "no webhook is registered" : undefined
  },
  judge(evidence, earlier) {
    const { info } = evidence
    if (!info) return passed("")
    const { last_error_message: message = "", last_error_date: date = 0 } = info
    const waiting = info.pending_update_count
    const failure = date === 0 ? undefined : explainWebhookError(message)
    const ageSeconds = secondsSince(date, evidence)
    const isPresent = waiting > 0 && ageSeconds <= freshSeconds
    if (failure && isPresent) return judgeFailing(failure, waiting, earlier)
    const past = failure ? `; the last failure, ${ageText(ageSeconds)} ago, is over` : ""
    const found = [...pendingUpdates(waiting), ...outdatedAddress(evidence), ...outOfSync(evidence)]
    return { note: `${waiting} waiting${past}`, findings: found }
  },
}

/** Reports a failing delivery, unless an earlier check found a fault: one cause makes one finding. */
function judgeFailing(
  failure: ExplainedWebhookError,
  waiting: number,
  earlier: readonly Finding[],
): Verdict {
  const { text, meaning, fix, code } = failure
  // The finding `web-page` is not a fault, but also explains the error that Telegram reports.
  const isExplained = earlier.some(
    ({ level, code: known }) => level === "fault" || known === "web-page",
  )
  if (isExplained) return { note: `failing: ${text}`, findings: [], blocks: true }
  const texts = {
    seen: `Telegram cannot deliver (${waiting} pending): ${text}`,
    why: meaning,
    fix: `${fix}${hintFor(code)} ${repeatHint}`,
  }
  return withFindings(`failing: ${text}`, finding(codes[code] ?? "delivery-fails", texts))
}

/** Returns a hint for failures that only Telegram sees: all earlier checks passed on this machine. */
function hintFor(code: WebhookErrorCode): string {
  if (code === "certificate-not-trusted") {
    return " The doctor accepts the server's certificate: probably Telegram has an older upload, or none. --cert FILE compares the two."
  }
  if (code === "unreachable" || code === "connection-refused") {
    return " This machine can reach the server: a firewall probably blocks Telegram's networks."
  }
  return ""
}

function pendingUpdates(waiting: number): Finding[] {
  if (waiting < manyPending) return []
  const texts = {
    seen: `${waiting} updates are pending at Telegram.`,
    why: "The bot is too slow, or has just started. Telegram drops updates after 24 hours, and presses of buttons after 150 s.",
    fix: "Run the doctor again in a minute. If the number grows, raise `maxConnections`, acknowledge updates before they are handled (a durable queue), or drop the pending updates with `sounder webhook set URL --drop-pending`.",
  }
  return [finding("many-updates-wait", texts)]
}

/**
 * Returns true if the addresses of the host probably change regularly, as behind Cloudflare: DNS has several,
 * no update is pending, and no delivery has failed. Telegram may then call an address that DNS no longer has.
 */
function isRotating({ info, dns }: Evidence): boolean {
  const hasFailed = (info?.last_error_date ?? 0) !== 0
  const isEmpty = info?.pending_update_count === 0
  return dns?.kind === "found" && dns.v4.length > 1 && isEmpty && !hasFailed
}

function outdatedAddress(evidence: Evidence): Finding[] {
  const { info, dns, options } = evidence
  const address = info?.ip_address
  if (dns?.kind !== "found" || address === undefined || options.localMode) return []
  if (isRotating(evidence)) return []
  if (dns.v4.length === 0 || dns.v4.includes(address) || !/^[\d.]+$/.test(address)) return []
  const texts = {
    seen: `Telegram calls ${address}, but the host name resolves to ${dns.v4.join(", ")}.`,
    why: "Telegram resolves a host name every half an hour, or never if the webhook was set with `ip_address`. Until then Telegram calls the old server.",
    fix: "If the server has just moved, wait half an hour, or set the webhook again. If the webhook was set with `ip_address`, set it without, or with the new address. Services such as Cloudflare change addresses by themselves.",
  }
  return [finding("address-outdated", texts)]
}

function outOfSync(evidence: Evidence): Finding[] {
  const date = evidence.info?.last_synchronization_error_date ?? 0
  if (date === 0 || secondsSince(date, evidence) > freshSeconds) return []
  const texts = {
    seen: "The Bot API server could not reach Telegram's data centers in the last five minutes.",
    why: "New updates come late. Your server is not the cause.",
    fix: "Wait. If you run the Bot API server, read its log.",
  }
  return [finding("telegram-out-of-sync", texts)]
}

function secondsSince(date: number, { options, telegramAheadMs = 0 }: Evidence): number {
  return Math.max(0, Math.round((options.now().getTime() + telegramAheadMs) / 1000 - date))
}
