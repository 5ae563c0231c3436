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
    return found("no answer", unreachable(telegram.reason, given.bot?.apiRoot ?? ""))
  },
}

async function ask({ bot, timeoutMs }: Sight["given"]): Promise<{ telegram?: TelegramSight }> {
  if (!bot) return {}
  try {
    return { telegram: { kind: "known", me: await bot.getMe({ timeoutMs }) } }
  } catch (error) {
    const reason = errorText(error)
    const isRefusal = error instanceof ApiError && error.code === "unauthorized"
    return { telegram: { kind: isRefusal ? "refused" : "unreachable", reason } }
  }
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

function unreachable(reason: string, apiRoot: string) {
  return finding("telegram-unreachable", {
    seen: `${apiRoot} could not be asked: ${reason}`,
    why: "What Telegram knows of the webhook and of failed deliveries stays unknown, and a bot on this machine can answer nobody.",
    fix: "Check this machine's network, its HTTP proxy, its firewall and the API root.",
  })
}
