import { errorText } from "../../ground/error-text.js"
import { ApiError } from "../../telegram/errors.js"
import { type Check, fine, found } from "../check.js"
import { finding } from "../finding.js"
import type { Sight, TelegramSight } from "../sight.js"

/** Whether Telegram can be reached and knows the token. */
export const tokenCheck: Check = {
  name: "token",
  title: "Token",
  needs: [],
  spare: ({ given }) => (given.bot ? undefined : "no token was given"),
  look: async ({ given }) => ({ ...(await ask(given)), ...(await clockOf(given)) }),
  judge: ({ telegram, given }) => {
    if (!telegram) return fine("")
    if (telegram.kind === "known") return fine(`@${telegram.me.username}`)
    if (telegram.kind === "refused") return found("refused", refused(telegram.reason))
    if (telegram.kind === "logged-out") return found("logged out", loggedOut(telegram.reason))
    return found("no answer", unreachable(telegram.reason, given.bot?.apiRoot ?? ""))
  },
}

async function ask({ bot, timeoutMs }: Sight["given"]): Promise<{ telegram?: TelegramSight }> {
  if (!bot) return {}
  try {
    return { telegram: { kind: "known", me: await bot.getMe({ timeoutMs }) } }
  } catch (error) {
    return { telegram: { kind: kindOf(error), reason: errorText(error) } }
  }
}

function kindOf(error: unknown): "refused" | "logged-out" | "unreachable" {
  if (!(error instanceof ApiError)) return "unreachable"
  if (error.code === "unauthorized") return "refused"
  return /logged out/i.test(error.message) ? "logged-out" : "unreachable"
}

/** Every web server says what time it is. */
async function clockOf({ bot, timeoutMs, now }: Sight["given"]): Promise<Partial<Sight>> {
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

function refused(reason: string) {
  return finding("token-invalid", {
    seen: reason,
    why: "Without a valid token the bot can neither receive nor send.",
    fix: "Copy the token from @BotFather again, whole. After /revoke only the new one is valid.",
  })
}

function loggedOut(reason: string) {
  return finding("logged-out", {
    seen: reason,
    why: "The bot was logged out of this Bot API server (`logOut`), as before a move to a server of one's own. Here it can neither receive nor send.",
    fix: "Give the API root of the server that it was moved to (`apiRoot`, --api-root). To have it back at api.telegram.org, call `logOut` there as well, and wait ten minutes.",
  })
}

function unreachable(reason: string, apiRoot: string) {
  return finding("telegram-unreachable", {
    seen: `${apiRoot} could not be asked: ${reason}`,
    why: "What Telegram knows of the webhook and of failed deliveries stays unknown, and a bot on this machine can answer nobody.",
    fix: "Check this machine's network, its HTTP proxy, its firewall and the API root.",
  })
}
