import { isSameUrl } from "../../registration/registration.js"
import type { WebhookInfo } from "../../telegram/types.js"
import { type Check, passed, withFindings, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { urlForReport } from "../redact-url.js"
import type { Evidence } from "../evidence.js"

/** The check that the examined webhook is registered; for a polling bot, that no webhook is registered. */
export const webhookCheck: Check = {
  name: "webhook",
  title: "Registration",
  needs: ["token"],
  skipReason: ({ options }) => (options.bot ? undefined : "no token was given"),
  async look({ options }) {
    const { bot, timeoutMs } = options
    const info = await bot?.getWebhookInfo({ timeoutMs }).catch(() => undefined)
    return info ? { info } : {}
  },
  judge(evidence) {
    const { info, options } = evidence
    if (!info) return { note: "unknown: getWebhookInfo failed", findings: [], blocks: true }
    const url = info.url ?? ""
    if (options.polling) return judgePolling(url, evidence)
    if (url === "") return judgeMissing(evidence)
    if (options.url === undefined || isSameUrl(options.url, url))
      return passed(noteOf(info, evidence))
    return {
      ...withFindings(
        `elsewhere: ${urlForReport(url, options)}`,
        registeredElsewhere(url, evidence),
      ),
      blocks: true,
    }
  },
}

function noteOf(
  { has_custom_certificate: isUploaded, pending_update_count: count, url = "" }: WebhookInfo,
  { options }: Evidence,
) {
  const certificate = isUploaded ? ", certificate uploaded" : ""
  return `${urlForReport(url, options)}${certificate}, ${count} ${count === 1 ? "update" : "updates"} pending`
}

function judgePolling(url: string, { options }: Evidence): Verdict {
  if (url === "") return passed("none, as polling requires")
  const texts = {
    seen: `The bot should poll, but a webhook is set: ${urlForReport(url, options)}.`,
    why: "While a webhook is set, Telegram answers getUpdates with 409 Conflict, and a polling bot gets no updates.",
    fix: "Delete the webhook with `sounder webhook delete`, which keeps the pending updates; Sounder's `startPolling` does so by itself. If another program set the webhook, stop that program first.",
  }
  return withFindings("set", finding("webhook-while-polling", texts))
}

function judgeMissing({ options, info }: Evidence): Verdict {
  const pending = info?.pending_update_count ?? 0
  const texts = {
    seen: `No webhook is registered at Telegram. Pending updates: ${pending}.`,
    why: "Telegram delivers no updates. A refused setWebhook, a bot that polls, or deleteWebhook may have removed the webhook.",
    fix: `Register the webhook with \`sounder webhook set ${options.url ?? "URL"}\`, or start the bot with \`startWebhook\`. For a polling bot, run the doctor with --polling.`,
  }
  return { ...withFindings("none", finding("no-webhook", texts)), blocks: true }
}

function registeredElsewhere(url: string, { options }: Evidence) {
  return finding("registered-elsewhere", {
    seen: `Telegram calls ${urlForReport(url, options)}, not ${urlForReport(options.url ?? "", options)}.`,
    why: "A bot has only the webhook that was set last: the examined URL gets no updates.",
    fix: "If the examined URL is right, register it with `sounder webhook set`, and stop the other program or give it its own bot. If the registered URL is right, run the doctor for that URL.",
  })
}
