import { shownUrl } from "./shown-url.js"
import type { Given } from "./sight.js"

/** A URL as it may be printed in an examination. */
export function shownFor(url: string, { bot, secret }: Pick<Given, "bot" | "secret">): string {
  return shownUrl(url, { token: bot?.token, secret: secret?.token })
}
