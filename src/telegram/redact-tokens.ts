/**
 * The bot's token, taken out of whatever is to be shown. This is the one place that knows how a token
 * may be spelt: with its colon plain, percent-encoded (twice, too), or escaped as in JSON or HTML.
 *
 * @module
 */

const colon = String.raw`(?::|%(?:25){0,3}3a|\\{1,4}u003a|&#(?:58|x3a);)`

/** An id, a colon, and the text behind it. The look back keeps long runs of digits from costing much. */
const tokenLike = new RegExp(String.raw`(?<!\d)(\d{1,16})${colon}([\w-]+)`, "gi")

/** The length from which a text behind an id and a colon is taken for a secret, whosever it is. */
const likelySecret = 20

/** A shorter secret may be a part of anything, and is found behind its id only. */
const shortestAlone = 8

/**
 * Returns the text without bots' tokens: without everything that looks like one, and without those
 * that `tokenOf` knows, however short.
 *
 * @param tokenOf finds the token of the bot with an id
 */
export function redactTokens(
  text: string,
  tokenOf: (botId: number) => string | undefined = () => undefined,
): string {
  return text.replaceAll(tokenLike, (found: string, id: string, rest: string) => {
    if (rest.length >= likelySecret) return "<token>"
    const secret = tokenOf(Number(id))?.slice(id.length + 1)
    if (!secret || !rest.startsWith(secret)) return found
    return `<token>${rest.slice(secret.length)}`
  })
}

/**
 * Returns the pattern that finds one token in any spelling, and its secret half alone where that is
 * long enough. The first group is the id with its colon.
 *
 * @param token in the form `id:secret`, with word characters and hyphens only
 */
export function tokenPattern(token: string): RegExp {
  const at = token.indexOf(":")
  const [id, secret] = [token.slice(0, at), token.slice(at + 1)]
  const optional = secret.length < shortestAlone ? "" : "?"
  return new RegExp(`(${id}${colon})${optional}${secret}`, "gi")
}
