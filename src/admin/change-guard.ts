import { randomBytes, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"

/**
 * The defence against requests that another site lets the operator's browser send, which adds the password by itself.
 * A change needs a token, which only the page contains, and must not come from another site.
 */
export class ChangeGuard {
  /** The token of the forms, which changes with each start. */
  readonly token = randomBytes(32).toString("base64url")

  /** Returns whether a request may make a change. */
  permits({ headers }: Pick<IncomingMessage, "headers">, token: string | null): boolean {
    return isFromPage(headers) && this.#isToken(token ?? "")
  }

  #isToken(token: string): boolean {
    const [given, own] = [Buffer.from(token), Buffer.from(this.token)]
    return given.length === own.length && timingSafeEqual(given, own)
  }
}

/** Returns whether the headers, which a site cannot set itself, name no other site as the origin of a request. */
function isFromPage({ "sec-fetch-site": site, origin, host }: IncomingMessage["headers"]): boolean {
  // The host may differ behind a proxy, so that it counts only for browsers without this header.
  if (site !== undefined) return site === "same-origin"
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}
