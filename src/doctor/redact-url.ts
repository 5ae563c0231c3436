import { redactCredentials } from "../ground/redact-credentials.js"
import { redactTokens, tokenPattern } from "../telegram/redact-tokens.js"
import type { ResolvedOptions } from "./evidence.js"

/** Returns a URL without its password, all tokens and the webhook's secret, for a report. */
export function redactUrl(
  url: string,
  { token, secret }: { readonly token?: string | undefined; readonly secret?: string | undefined },
): string {
  // Greedy, because a password may contain an @ itself.
  const withoutPassword = redactCredentials(url.replace(/\/\/[^/?#]*@/, "//<password>@"))
  const withoutToken = token
    ? withoutPassword.replaceAll(tokenPattern(token), "<token>")
    : withoutPassword
  return replaceSecret(redactTokens(withoutToken), secret, "<secret>")
}

/** Returns a URL without the secrets of an examination. */
export function urlForReport(
  url: string,
  { bot, secret }: Pick<ResolvedOptions, "bot" | "secret">,
): string {
  return redactUrl(url, { token: bot?.token, secret: secret?.token })
}

/** Replaces a secret, plain or percent-encoded, in any case, by `name`. */
function replaceSecret(text: string, secret: string | undefined, name: string): string {
  if (secret === undefined || secret === "") return text
  const spellings = [secret, encodeURIComponent(secret)].map(escaped)
  return text.replaceAll(new RegExp(spellings.join("|"), "gi"), name)
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")
}
