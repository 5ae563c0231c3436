import type { BotAccount } from "../delivery/bot-account.js"
import { ResultWithDescription } from "../ground/result-with-description.js"
import type { Arguments } from "../arguments/arguments.js"
import { CallError } from "../ground/call-error.js"
import { badWebhook, findDestination } from "../delivery/webhook-target.js"
import { parseWebhookUrl, type WebhookUrl } from "../delivery/webhook-url.js"
import { Webhook, type WebhookReports, type WebhookSettings } from "../delivery/webhook.js"
import { pemProblem } from "../delivery/pem-problem.js"
import type { Call } from "./method.js"

const maxCertificateBytes = 3_145_728
const maxSecretBytes = 256

/** Sets a webhook in Telegram's order: the old one is removed before the new one is checked. */
export function setWebhook(call: Call): Promise<ResultWithDescription> {
  return place(call, { isRestored: false })
}

/** Sets a webhook from before the start of Telegram's server: no connection tests it. */
export function restoreWebhook(call: Call): Promise<ResultWithDescription> {
  return place(call, { isRestored: true })
}

async function place(
  { bot, args }: Call,
  { isRestored }: { isRestored: boolean },
): Promise<ResultWithDescription> {
  const url = args.text("url")
  if (url === "") return erase(bot, args)
  refuseTooSoon(bot)
  endVerification(bot)
  const settings = settingsOf(bot, args, url)
  if (isUnchanged(bot.webhook, settings, args)) {
    bot.allow(allowedUpdates(args))
    return new ResultWithDescription(true, "Webhook is already set")
  }
  bot.poll.abort("terminated by setWebhook request")
  eraseWebhook(bot)
  if (args.flag("drop_pending_updates")) bot.queue.keepLast(0)
  const parsed = checked(settings, args)
  await verify(bot, args, { settings, url: parsed, isRestored })
  return new ResultWithDescription(true, "Webhook was set")
}

/** Deletes the webhook. */
export function deleteWebhook({ bot, args }: Call): ResultWithDescription {
  return erase(bot, args)
}

function erase(bot: BotAccount, args: Arguments): ResultWithDescription {
  endVerification(bot)
  const wasSet = bot.webhook !== undefined
  eraseWebhook(bot)
  if (args.flag("drop_pending_updates")) bot.queue.keepLast(0)
  bot.allow(allowedUpdates(args))
  return new ResultWithDescription(
    true,
    wasSet ? "Webhook was deleted" : "Webhook is already deleted",
  )
}

function refuseTooSoon(bot: BotAccount): void {
  const now = bot.environment.clock.now()
  if (now < bot.nextSetWebhookAt) throw CallError.tooManyRequests(1)
  bot.nextSetWebhookAt = now + 1000
}

function endVerification(bot: BotAccount): void {
  const { verifying } = bot
  bot.verifying = undefined
  if (verifying) bot.conflicts.refuse("terminated by other setWebhook", verifying)
}

function settingsOf(bot: BotAccount, args: Arguments, url: string): WebhookSettings {
  const { local } = bot.environment
  return {
    url,
    // A byte order mark is not a part of the certificate.
    certificate: args
      .file("certificate")
      ?.bytes.toString("latin1")
      .replace(/^\u00ef\u00bb\u00bf/, ""),
    maxConnections: args.integer("max_connections", local ? 100 : 40, 1, local ? 100_000 : 100),
    fixedAddress: args.text("ip_address"),
    secretToken: args.text("secret_token"),
  }
}

function isUnchanged(old: Webhook | undefined, next: WebhookSettings, args: Arguments): boolean {
  if (old === undefined || args.flag("drop_pending_updates")) return false
  const { settings } = old
  return (
    settings.url === next.url &&
    settings.certificate === undefined &&
    next.certificate === undefined &&
    settings.maxConnections === next.maxConnections &&
    settings.fixedAddress === next.fixedAddress &&
    settings.secretToken === next.secretToken
  )
}

function eraseWebhook(bot: BotAccount): void {
  bot.webhook?.close()
  bot.webhook = undefined
}

function checked(settings: WebhookSettings, args: Arguments): WebhookUrl {
  const url = parseWebhookUrl(settings.url)
  if (url === undefined) throw CallError.badRequest("invalid webhook URL specified")
  if (Buffer.byteLength(settings.secretToken) > maxSecretBytes) {
    throw CallError.badRequest("secret token is too long")
  }
  if (!/^[\w-]*$/.test(settings.secretToken)) {
    throw CallError.badRequest("secret token contains unallowed characters")
  }
  const size = args.file("certificate")?.bytes.length ?? 0
  if (size > maxCertificateBytes) {
    throw CallError.badRequest(`certificate size is too big (${size} bytes)`)
  }
  return url
}

async function verify(
  bot: BotAccount,
  args: Arguments,
  found: { settings: WebhookSettings; url: WebhookUrl; isRestored: boolean },
): Promise<void> {
  const { environment } = bot
  const { settings, url } = found
  const superseded = new Promise<never>((_, reject) => (bot.verifying = reject))
  const { verifying } = bot
  bot.allow(allowedUpdates(args))
  try {
    const looked = findDestination(url, settings.fixedAddress, environment)
    const destination = await Promise.race([looked, superseded])
    // A newer call may have started before this one learns that it has been replaced.
    if (bot.verifying !== verifying) await superseded
    if (settings.certificate !== undefined) checkCertificate(settings.certificate)
    const reports = reportsOf(bot)
    const { queue } = bot
    const webhook = new Webhook({ ...found, destination, environment, queue, reports })
    bot.webhook = webhook
    // Addresses from a real look-up are assumed to stay the same.
    if (environment.names.has(`${url.host}:${url.port}`)) {
      webhook.follow(() => findDestination(url, settings.fixedAddress, environment))
    }
  } finally {
    if (bot.verifying === verifying) bot.verifying = undefined
  }
}

function reportsOf(bot: BotAccount): WebhookReports {
  const { observer } = bot
  return {
    sent: (event) => observer.sent(event),
    waits: (event, until) => observer.waits(event, until),
    dropped: (event) => observer.dropped(event),
    ended(event, response, error) {
      observer.ended(event, response, error)
      if (error === undefined && response !== undefined) observer.replied(response.args)
    },
    gone: () => eraseWebhook(bot),
  }
}

function checkCertificate(pem: string): void {
  const problem = pemProblem(pem)
  if (problem !== undefined) throw badWebhook(`Failed to set custom certificate file${problem}`)
}

function allowedUpdates(args: Arguments): string | undefined {
  return args.has("allowed_updates") ? args.text("allowed_updates") : undefined
}
