import { errorSentence } from "../../ground/error-text.js"
import { ApiError } from "../../telegram/errors.js"
import { type Check, passed, withFindings } from "../check.js"
import { finding } from "../finding.js"
import type { Evidence, ResolvedOptions, TelegramEvidence } from "../evidence.js"

/** The check that Telegram answers and accepts the token. The check also reads Telegram's clock. */
export const tokenCheck: Check = {
  name: "token",
  title: "Token",
  needs: [],
  skipReason: ({ options }) => (options.bot ? undefined : "no token was given"),
  look: async ({ options }) => ({ ...(await getMe(options)), ...(await clockOf(options)) }),
  judge: ({ telegram, options }) => {
    if (!telegram) return passed("")
    if (telegram.kind === "known") return passed(`@${telegram.me.username}`)
    if (telegram.kind === "refused") return withFindings("refused", tokenRefused(telegram.reason))
    if (telegram.kind === "logged-out")
      return withFindings("logged out", loggedOut(telegram.reason))
    return withFindings(
      "no answer",
      telegramUnreachable(telegram.reason, options.bot?.apiRoot ?? ""),
    )
  },
}

async function getMe({
  bot,
  timeoutMs,
}: ResolvedOptions): Promise<{ telegram?: TelegramEvidence }> {
  if (!bot) return {}
  try {
    return { telegram: { kind: "known", me: await bot.getMe({ timeoutMs }) } }
  } catch (error) {
    return { telegram: { kind: kindOf(error), reason: errorSentence(error) } }
  }
}

function kindOf(error: unknown): "refused" | "logged-out" | "unreachable" {
  if (!(error instanceof ApiError)) return "unreachable"
  if (error.code === "unauthorized") return "refused"
  return /logged out/i.test(error.message) ? "logged-out" : "unreachable"
}

/** Reads Telegram's clock from the header `Date`, which every web server sends. */
async function clockOf({ bot, timeoutMs, now }: ResolvedOptions): Promise<Partial<Evidence>> {
  if (!bot) return {}
  try {
    const signal = AbortSignal.timeout(timeoutMs)
    const { headers, body } = await fetch(bot.apiRoot, { redirect: "manual", signal })
    await body?.cancel()
    const theirs = Date.parse(headers.get("date") ?? "")
    return Number.isNaN(theirs) ? {} : { telegramAheadMs: theirs - now().getTime() }
  } catch {
    return {}
  }
}

function tokenRefused(reason: string) {
  return finding("token-invalid", {
    seen: reason,
    why: "Without a valid token the bot can neither receive nor send.",
    fix: "Copy the whole token from @BotFather again. After /revoke only the new token is valid.",
  })
}

function loggedOut(reason: string) {
  return finding("logged-out", {
    seen: reason,
    why: "The bot was logged out of this Bot API server (`logOut`), usually to move to another one. On this server the bot can neither receive nor send.",
    fix: "Give the API root of the bot's new server (`apiRoot`, --api-root). To move the bot back to api.telegram.org, call `logOut` on the new server as well, and wait ten minutes.",
  })
}

function telegramUnreachable(reason: string, apiRoot: string) {
  return finding("telegram-unreachable", {
    seen: `The call to ${apiRoot} failed: ${reason}`,
    why: "The doctor cannot read the webhook's registration and its failed deliveries, and a bot on this machine cannot send messages.",
    fix: "Check the network, the HTTP proxy and the firewall of this machine, and the API root.",
  })
}
