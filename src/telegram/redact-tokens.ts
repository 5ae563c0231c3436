/**
 * Removal of bot tokens from texts that are shown or logged. A token is found in every spelling of its
 * colon: plain, percent-encoded up to four times, and escaped as in JSON or HTML.
 *
 * @module
 */

import { redactCredentials } from "../ground/redact-credentials.js"

const colon = String.raw`(?::|%(?:25){0,3}3a|\\{1,4}u003a|&#(?:58|x3a);)`

/** An id, a colon, and the text after it. The lookbehind keeps the search linear in long runs of digits. */
const tokenLike = new RegExp(String.raw`(?<!\d)(\d{1,16})${colon}([\w-]+)`, "gi")

/** The minimum length of a text after an id and a colon that counts as a secret, even of an unknown bot. */
const minSecretLength = 20

/** The minimum length of a secret that is found without its id: a shorter text may occur by chance. */
const minLengthWithoutId = 8

/**
 * Replaces bot tokens in a text by `<token>`: all texts that look like a token, and the tokens that
 * `tokenOf` returns, however short.
 *
 * @param tokenOf returns the token of the bot with an id. Default: a function that knows no token.
 */
export function redactTokens(
  text: string,
  tokenOf: (botId: number) => string | undefined = () => undefined,
): string {
  return text.replaceAll(tokenLike, (found: string, id: string, rest: string) => {
    if (rest.length >= minSecretLength) return "<token>"
    const secret = tokenOf(Number(id))?.slice(id.length + 1)
    if (!secret || !rest.startsWith(secret)) return found
    return `<token>${rest.slice(secret.length)}`
  })
}

/** Replaces all texts that look like a token by `<token>`, and the user and password of URLs by `<password>`. */
export function redactSecrets(text: string): string {
  return redactTokens(redactCredentials(text))
}

/**
 * Returns a pattern that finds one token in every spelling, and the token's secret alone if the secret
 * has at least 8 characters. The first group of a match is the id with its colon.
 *
 * @param token in the form `id:secret`, with word characters and hyphens only
 */
export function tokenPattern(token: string): RegExp {
  const at = token.indexOf(":")
  const [id, secret] = [token.slice(0, at), token.slice(at + 1)]
  const optional = secret.length < minLengthWithoutId ? "" : "?"
  return new RegExp(`(${id}${colon})${optional}${secret}`, "gi")
}
