/** A shorter one may be part of anything. */
const shortestSecret = 8

/** A URL as it may be printed: without a password, the bot's token and the webhook's secret. */
export function shownUrl(
  url: string,
  { token, secret }: { readonly token?: string | undefined; readonly secret?: string | undefined },
): string {
  // A password may hold an @ itself.
  const shown = url.replace(/\/\/[^/?#]*@/, "//<password>@")
  const [, half = ""] = token?.split(":") ?? []
  return [
    [token, "<token>"] as const,
    [half.length < shortestSecret ? "" : half, "<token>"] as const,
    [secret, "<secret>"] as const,
  ].reduce((text, [hidden, name]) => without(text, hidden, name), shown)
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
