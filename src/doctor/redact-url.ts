import { tokenPattern } from "../telegram/redact-tokens.js"

/** A URL as it may be printed: without a password, the bot's token and the webhook's secret. */
export function shownUrl(
  url: string,
  { token, secret }: { readonly token?: string | undefined; readonly secret?: string | undefined },
): string {
  // A password may hold an @ itself.
  const shown = url.replace(/\/\/[^/?#]*@/, "//<password>@")
  const withoutToken = token ? shown.replaceAll(tokenPattern(token), "<token>") : shown
  return without(withoutToken, secret, "<secret>")
}

/** However it is spelt: percent-encoded, too, in small letters or capitals. */
function without(text: string, hidden: string | undefined, name: string): string {
  if (hidden === undefined || hidden === "") return text
  const spellings = [hidden, encodeURIComponent(hidden)].map(escaped)
  return text.replaceAll(new RegExp(spellings.join("|"), "gi"), name)
}

function escaped(text: string): string {
  return text.replaceAll(/[$()*+.?[\\\]^{|}]/g, "\\$&")
}
