import type { Given } from "./sight.js"

/** A URL as it may be printed: without the bot's token, a password and a secret. */
export function shownUrl(url: string, { bot, secret }: Pick<Given, "bot" | "secret">): string {
  const secrets: readonly (readonly [string | undefined, string])[] = [
    [bot?.token, "<token>"],
    [secret?.token, "<secret>"],
  ]
  let shown = url.replace(/\/\/[^/@]*@/, "//<password>@")
  for (const [text, name] of secrets) {
    if (text === undefined) continue
    shown = shown.replaceAll(text, name).replaceAll(encodeURIComponent(text), name)
  }
  return shown
}
