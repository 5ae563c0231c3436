import type { BotAccount } from "../delivery/bot-account.js"
import { defaultMask, namesOf } from "../delivery/allowed-updates.js"
import { CallError } from "../ground/call-error.js"
import type { Call, MethodTable } from "./method.js"
import { deleteWebhook, setWebhook } from "./set-webhook.js"

/** Methods for polling, webhooks, and the end of a session. */
export const receivingMethods: MethodTable = {
  getMe: ({ bot }) => bot.me,
  getUpdates,
  setWebhook,
  deleteWebhook,
  getWebhookInfo: ({ bot }) => webhookInfo(bot),
  logOut: ({ bot }) => end(bot, new CallError(400, "Logged out")),
  close,
}

/** The time after a bot's start from which `close` is allowed. */
const closableAfterMs = 600_000
const maxInteger = 2_147_483_647

function getUpdates({ bot, args }: Call): Promise<unknown> {
  if (bot.webhook !== undefined || bot.verifying !== undefined) return webhookIsActive(bot)
  const request = {
    offset: args.integer("offset", 0, -maxInteger, maxInteger),
    limit: args.integer("limit", 100, 1, 100),
    timeout: args.integer("timeout", 0, 0, 50),
  }
  bot.allow(args.has("allowed_updates") ? args.text("allowed_updates") : undefined)
  return bot.poll.read(request)
}

function webhookIsActive(bot: BotAccount): Promise<never> {
  const text =
    "can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first"
  return new Promise((_, reject) => bot.conflicts.refuse(text, reject))
}

function webhookInfo(bot: BotAccount): object {
  const { webhook, mask } = bot
  return {
    url: webhook?.settings.url ?? "",
    has_custom_certificate: webhook?.settings.certificate !== undefined,
    pending_update_count: bot.pendingCount,
    ...(webhook?.lastError && {
      last_error_date: webhook.lastError.date,
      last_error_message: webhook.lastError.message,
    }),
    ...(webhook && {
      max_connections: webhook.settings.maxConnections,
      ip_address: webhook.destination.address,
    }),
    ...(mask !== defaultMask && { allowed_updates: namesOf(mask) }),
  }
}

// A bot that has just started cannot be closed.
function close({ bot }: Call): true {
  const opensAt = bot.startedAt + closableAfterMs
  const waitMs = opensAt - bot.environment.clock.now()
  if (waitMs > 0) throw CallError.tooManyRequests(Math.ceil(waitMs / 1000))
  return end(bot, CallError.badRequest("the bot has already been closed"))
}

function end(bot: BotAccount, later: CallError): true {
  bot.webhook?.close()
  bot.webhook = undefined
  bot.poll.close(later)
  bot.ended = later
  return true
}
