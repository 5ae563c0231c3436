/** A URL as it may be printed: without a password, the bot's token and the webhook's secret. */
export function shownUrl(
  url: string,
  { token, secret }: { readonly token?: string | undefined; readonly secret?: string | undefined },
): string {
  const secrets: readonly (readonly [string | undefined, string])[] = [
    [token, "<token>"],
    [secret, "<secret>"],
  ]
  let shown = url.replace(/\/\/[^/@]*@/, "//<password>@")
  for (const [text, name] of secrets) {
    if (text === undefined) continue
    shown = shown.replaceAll(text, name).replaceAll(encodeURIComponent(text), name)
  }
  return shown
}
