import { redactUrlCredentials } from "../ground/redact-credentials.js"
import { redactTokens, tokenPattern } from "../telegram/redact-tokens.js"
import type { ResolvedOptions } from "./evidence.js"

/** Returns a URL for a report, with its password, every token and the webhook's secret replaced. */
export function redactUrl(
  url: string,
  { token, secret }: { readonly token?: string | undefined; readonly secret?: string | undefined },
): string {
  const withoutPassword = redactUrlCredentials(url)
  const withoutToken = token
    ? withoutPassword.replaceAll(tokenPattern(token), "<token>")
    : withoutPassword
  return replaceSecret(redactTokens(withoutToken), secret)
}

/** Returns a URL without the secrets of an examination. */
export function urlForReport(
  url: string,
  { bot, secret }: Pick<ResolvedOptions, "bot" | "secret">,
): string {
  return redactUrl(url, { token: bot?.token, secret: secret?.token })
}

/** Replaces a secret, plain or percent-encoded, in upper or lower case, by `<secret>`. */
function replaceSecret(text: string, secret: string | undefined): string {
  if (secret === undefined || secret === "") return text
  const spellings = [secret, encodeURIComponent(secret)].map(escaped)
  return text.replaceAll(new RegExp(spellings.join("|"), "gi"), "<secret>")
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")
}
