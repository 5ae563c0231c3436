import { createHmac, randomBytes, timingSafeEqual } from "node:crypto"
import type { IncomingMessage } from "node:http"
import { LoginAttempts } from "./login-attempts.js"

/** The outcome of a check: the request has the password, has not, or comes from an address that has to wait. */
export type Admission = "admitted" | "refused" | { readonly retryAfterS: number }

/**
 * The check of HTTP Basic credentials. The comparison takes the same time for every wrong password, whatever its
 * length and its characters.
 *
 * @see docs/decisions/0068-the-admin-page.md
 */
export class AdminPassword {
  readonly #key = randomBytes(32)
  readonly #digest: Buffer
  readonly #attempts = new LoginAttempts()

  constructor(password: string) {
    this.#digest = this.#digestOf(password)
  }

  /** Checks the credentials of a request. A request without credentials counts as no attempt. */
  check({ headers, socket }: Pick<IncomingMessage, "headers" | "socket">): Admission {
    const given = passwordOf(headers.authorization)
    if (given === undefined) return "refused"
    const nowMs = performance.now()
    const waitS = this.#attempts.waitOf(socket.remoteAddress, nowMs)
    if (waitS > 0) return { retryAfterS: waitS }
    if (timingSafeEqual(this.#digestOf(given), this.#digest)) return "admitted"
    this.#attempts.fail(socket.remoteAddress, nowMs)
    return "refused"
  }

  #digestOf(text: string): Buffer {
    return createHmac("sha256", this.#key).update(text).digest()
  }
}

/** Returns the password of a header with Basic credentials; `undefined` for any other header. */
function passwordOf(header: string | undefined): string | undefined {
  const [, encoded] = /^basic +([a-z\d+/=_-]+) *$/i.exec(header ?? "") ?? []
  if (encoded === undefined) return undefined
  const text = Buffer.from(encoded, "base64").toString()
  const colon = text.indexOf(":")
  return colon === -1 ? "" : text.slice(colon + 1)
}
