import { isSameUrl } from "../../registration/registration.js"
import type { WebhookInfo } from "../../telegram/types.js"
import { type Check, fine, found, type Verdict } from "../check.js"
import { finding } from "../finding.js"
import { shownFor } from "../shown-for.js"
import type { Sight } from "../sight.js"

/** Whether the webhook that Telegram has is the one that is meant. */
export const webhookCheck: Check = {
  name: "webhook",
  title: "Registration",
  needs: ["token"],
  spare: ({ given }) => (given.bot ? undefined : "no token was given"),
  async look({ given }) {
    const { bot, timeoutMs } = given
    const info = await bot?.getWebhookInfo({ timeoutMs }).catch(() => undefined)
    return info ? { info } : {}
  },
  judge(sight) {
    const { info, given } = sight
    if (!info) return { note: "Telegram did not say", findings: [], blocks: true }
    const url = info.url ?? ""
    if (given.polling) return judgePolling(url, sight)
    if (url === "") return judgeMissing(sight)
    if (given.url === undefined || isSameUrl(given.url, url)) return fine(noteOf(info, sight))
    return { ...found(`elsewhere: ${shownFor(url, given)}`, elsewhere(url, sight)), blocks: true }
  },
}

function noteOf(
  { has_custom_certificate: isUploaded, pending_update_count: count, url = "" }: WebhookInfo,
  { given }: Sight,
) {
  const certificate = isUploaded ? ", a certificate uploaded" : ""
  return `${shownFor(url, given)}${certificate}, ${count} ${count === 1 ? "update waits" : "updates wait"}`
}

function judgePolling(url: string, { given }: Sight): Verdict {
  if (url === "") return fine("none, as polling needs it")
  const words = {
    seen: `The bot is to poll, and a webhook is set: ${shownFor(url, given)}.`,
    why: "While a webhook is set Telegram answers getUpdates with 409 Conflict, and polling gets nothing.",
    fix: "Delete it with `sounder webhook delete` (updates that wait are kept); Sounder's `startPolling` does it by itself. If another program set it, stop that one first.",
  }
  return found("set", finding("webhook-while-polling", words))
}

function judgeMissing({ given, info }: Sight): Verdict {
  const waits = info?.pending_update_count ?? 0
  const words = {
    seen: `No webhook is registered with Telegram; ${waits} updates wait.`,
    why: "Telegram sends nothing anywhere. A setWebhook that is refused, a bot that polls and deleteWebhook all remove it.",
    fix: `Register it with \`sounder webhook set ${given.url ?? "URL"}\`, or by starting the bot with \`startWebhook\`. A bot that polls is examined with --polling.`,
  }
  return { ...found("none", finding("no-webhook", words)), blocks: true }
}

function elsewhere(url: string, { given }: Sight) {
  return finding("registered-elsewhere", {
    seen: `Telegram calls ${shownFor(url, given)}, not ${shownFor(given.url ?? "", given)}.`,
    why: "A bot has one webhook, and whoever sets it last gets the updates: nothing comes in here.",
    fix: "If this URL is right, register it with `sounder webhook set` and stop the other program, or give that one a bot of its own. If the other URL is right, examine that.",
  })
}
