import { isSameUrl } from "../../registration/registration.js"
import type { WebhookInfo } from "../../telegram/types.js"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { urlForReport } from "../redact-url.js"
import type { Evidence } from "../evidence.js"

/** The check that the examined webhook is registered, or none if the bot polls. */
export const webhookCheck: Check = {
  name: "webhook",
  title: "Registration",
  needs: ["token"],
  skipReason: ({ given }) => (given.bot ? undefined : "no token was given"),
  async look({ given }) {
    const { bot, timeoutMs } = given
    const info = await bot?.getWebhookInfo({ timeoutMs }).catch(() => undefined)
    return info ? { info } : {}
  },
  judge(evidence) {
    const { info, given } = evidence
    if (!info) return { note: "unknown: getWebhookInfo failed", findings: [], blocks: true }
    const url = info.url ?? ""
    if (given.polling) return judgePolling(url, evidence)
    if (url === "") return judgeMissing(evidence)
    if (given.url === undefined || isSameUrl(given.url, url)) return fine(noteOf(info, evidence))
    return {
      ...found(`elsewhere: ${urlForReport(url, given)}`, elsewhere(url, evidence)),
      blocks: true,
    }
  },
}

function noteOf(
  { has_custom_certificate: isUploaded, pending_update_count: count, url = "" }: WebhookInfo,
  { given }: Evidence,
) {
  const certificate = isUploaded ? ", certificate uploaded" : ""
  return `${urlForReport(url, given)}${certificate}, ${count} ${count === 1 ? "update" : "updates"} pending`
}

function judgePolling(url: string, { given }: Evidence): Verdict {
  if (url === "") return fine("none, as polling requires")
  const words = {
    seen: `The bot should poll, but a webhook is set: ${urlForReport(url, given)}.`,
    why: "While a webhook is set, Telegram answers getUpdates with 409 Conflict, and a polling bot gets no updates.",
    fix: "Delete the webhook with `sounder webhook delete`, which keeps the pending updates; Sounder's `startPolling` does so by itself. If another program set the webhook, stop that program first.",
  }
  return found("set", finding("webhook-while-polling", words))
}

function judgeMissing({ given, info }: Evidence): Verdict {
  const waits = info?.pending_update_count ?? 0
  const words = {
    seen: `No webhook is registered at Telegram; ${waits} updates are pending.`,
    why: "Telegram delivers no updates. A refused setWebhook, a bot that polls, or deleteWebhook may have removed the webhook.",
    fix: `Register the webhook with \`sounder webhook set ${given.url ?? "URL"}\`, or start the bot with \`startWebhook\`. For a polling bot, run the doctor with --polling.`,
  }
  return { ...found("none", finding("no-webhook", words)), blocks: true }
}

function elsewhere(url: string, { given }: Evidence) {
  return finding("registered-elsewhere", {
    seen: `Telegram calls ${urlForReport(url, given)}, not ${urlForReport(given.url ?? "", given)}.`,
    why: "A bot has one webhook, the one that was set last: the examined URL gets no updates.",
    fix: "If the examined URL is right, register it with `sounder webhook set`, and stop the other program or give it its own bot. If the registered URL is right, run the doctor for that URL.",
  })
}
