import {
  type ExplainedWebhookError,
  explainWebhookError,
  type WebhookErrorCode,
} from "../../telegram/webhook-errors/explain-webhook-error.js"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding, type Finding, type FindingCode } from "../finding.js"
import type { Sight } from "../sight.js"
import { spelledAge } from "../spelled-age.js"

/** A failure is tried again within two minutes, so one that goes on is never older than this. */
const freshSeconds = 300
const manyWait = 100
const justMended =
  "If you have just mended it, look again in two minutes: Telegram has tried again by then."

/** What is found under a name of its own where Telegram reports it. */
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

/** Whether Telegram gets its updates through. */
export const deliveryCheck: Check = {
  name: "delivery",
  title: "Deliveries",
  needs: ["webhook"],
  spare: ({ given, info }) => {
    if (!given.bot) return "no token was given"
    return (info?.url ?? "") === "" ? "no webhook is registered" : undefined
  },
  judge(sight, before) {
    const { info } = sight
    if (!info) return fine("")
    const { last_error_message: message = "", last_error_date: date = 0 } = info
    const waiting = info.pending_update_count
    const failure = date === 0 ? undefined : explainWebhookError(message)
    const ageSeconds = secondsSince(date, sight)
    const isNow = waiting > 0 && ageSeconds <= freshSeconds
    if (failure && isNow) return judgeFailing(failure, waiting, before)
    const past = failure ? `; the last failure, ${spelledAge(ageSeconds)} ago, is over` : ""
    const found = [...backlog(waiting), ...moved(sight), ...outOfSync(sight)]
    return { note: `${waiting} waiting${past}`, findings: found }
  },
}

/** One cause makes one finding: what was seen from here and is a fault is what Telegram sees. */
function judgeFailing(
  failure: ExplainedWebhookError,
  waiting: number,
  before: readonly Finding[],
): Verdict {
  const { text, meaning, fix, code } = failure
  // A page that somebody else shows is what Telegram reports as a status.
  const isSeen = before.some(({ level, code: known }) => level === "fault" || known === "web-page")
  if (isSeen) return { note: `failing: ${text}`, findings: [], blocks: true }
  const words = {
    seen: `Telegram cannot deliver (${waiting} waiting): ${text}`,
    why: meaning,
    fix: `${fix}${elsewhere(code)} ${justMended}`,
  }
  return found(`failing: ${text}`, finding(codes[code] ?? "delivery-fails", words))
}

/** From here all was well: what differs is the way from Telegram, or what Telegram has. */
function elsewhere(code: WebhookErrorCode): string {
  if (code === "certificate-not-trusted") {
    return " Seen from here the certificate is right: most likely Telegram has an older one, or none; --cert FILE compares the two."
  }
  if (code === "unreachable" || code === "connection-refused") {
    return " From here it can be reached, so what differs is where the call comes from."
  }
  return ""
}

function backlog(waiting: number): Finding[] {
  if (waiting < manyWait) return []
  const words = {
    seen: `${waiting} updates wait with Telegram.`,
    why: "The bot does not keep up, or has just started again. Telegram forgets updates after 24 hours, presses on buttons after 150 s.",
    fix: "Look again in a minute. If the number grows: raise `maxConnections`, answer before handling (a durable queue), or forget what waits with `sounder webhook set URL --drop-pending`.",
  }
  return [finding("many-updates-wait", words)]
}

/** Behind a service with several addresses they change by themselves, and nothing fails. */
function isRotating({ info, dns }: Sight): boolean {
  const hasFailed = (info?.last_error_date ?? 0) !== 0
  const isEmpty = info?.pending_update_count === 0
  return dns?.kind === "found" && dns.v4.length > 1 && isEmpty && !hasFailed
}

function moved(sight: Sight): Finding[] {
  const { info, dns, given } = sight
  const address = info?.ip_address
  if (dns?.kind !== "found" || address === undefined || given.localMode) return []
  if (isRotating(sight)) return []
  if (dns.v4.length === 0 || dns.v4.includes(address) || !/^[\d.]+$/.test(address)) return []
  const words = {
    seen: `Telegram calls ${address}, and the name leads to ${dns.v4.join(", ")}.`,
    why: "Telegram looks a name up every half an hour, and never where the webhook was set with `ip_address`. Until then it calls the old server.",
    fix: "If you have just moved, wait half an hour, or set the webhook anew. If `ip_address` was given, set it without, or with the new one. Behind a service such as Cloudflare the address may change by itself.",
  }
  return [finding("address-outdated", words)]
}

function outOfSync(sight: Sight): Finding[] {
  const date = sight.info?.last_synchronization_error_date ?? 0
  if (date === 0 || secondsSince(date, sight) > freshSeconds) return []
  const words = {
    seen: "The Bot API server could not reach Telegram a moment ago.",
    why: "New updates come late. It has nothing to do with your server.",
    fix: "Wait. With a Bot API server of your own, see its log.",
  }
  return [finding("telegram-out-of-sync", words)]
}

function secondsSince(date: number, { given, telegramAheadMs = 0 }: Sight): number {
  return Math.max(0, Math.round((given.now().getTime() + telegramAheadMs) / 1000 - date))
}
