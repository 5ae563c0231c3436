import { callerError } from "../ground/call-place.js"
import { tokenPattern } from "../telegram/redact-tokens.js"
import { type ApiRoot, parseApiRoot } from "./api-root.js"

/**
 * The request paths of one bot. They contain the token, so only this class builds them, and only its
 * `redact` removes the token from texts that come back from the network.
 */
export class BotAddress {
  /** The number in front of the token's colon: the bot's user id. */
  readonly id: number
  readonly #token: string
  readonly #root: ApiRoot
  /** The path segment after the token: `/test` selects Telegram's test environment on the same host. */
  readonly #environment: string

  /** @throws TypeError for an invalid token or URL, with a message that does not contain the token */
  constructor(
    token: string | undefined,
    apiRoot: string | undefined,
    environment: "production" | "test" = "production",
  ) {
    const [id, secret] = splitToken(token)
    this.id = Number(id)
    this.#token = `${id}:${secret}`
    this.#root = parseApiRoot(apiRoot, (text) => this.redact(text))
    this.#environment = environment === "test" ? "/test" : ""
  }

  /** The token. */
  get token(): string {
    return this.#token
  }

  /** The URL of the Bot API server, without a slash at the end. */
  get apiRoot(): string {
    return this.#root.url
  }

  /** The scheme, host and port of the Bot API server. */
  get origin(): string {
    return this.#root.origin
  }

  /** The host and port of the Bot API server, which error messages name. */
  get host(): string {
    return this.#root.host
  }

  /** Returns the request path of a method. */
  methodPath(method: string): string {
    return `${this.#root.path}/bot${this.#token}${this.#environment}/${method}`
  }

  /** Returns the request path of a file. */
  filePath(path: string): string {
    const encoded = path.split("/").map(encodeURIComponent).join("/")
    return `${this.#root.path}/file/bot${this.#token}${this.#environment}/${encoded}`
  }

  /** Returns a text without the secret half of the token, in all spellings of {@link tokenPattern}. */
  redact(text: string): string {
    // A compiled pattern takes several kilobytes. The bot therefore stores no pattern, and compiles one only
    // for a text with the secret.
    const secret = this.#token.slice(this.#token.indexOf(":") + 1)
    if (!text.toLowerCase().includes(secret.toLowerCase())) return text
    return text.replaceAll(tokenPattern(this.#token), "$1<token>")
  }
}

function splitToken(given: unknown): [id: string, secret: string] {
  // A token that was pasted or read from a file often ends in a space or a line break.
  const token = typeof given === "string" ? given.trim() : given
  const match = typeof token === "string" ? /^([1-9]\d*):([\w-]+)$/.exec(token) : null
  const [, id, secret] = match ?? []
  if (id && secret && Number.isSafeInteger(Number(id))) return [id, secret]
  throw callerError(
    `Expected the bot's token as @BotFather gives it, like 123456:ABC-DEF1234ghIkl, got ${describeToken(token)}`,
  )
}

/** Describes a wrong token without quoting it. */
function describeToken(token: unknown): string {
  if (token === undefined || token === "")
    return "nothing: is the environment variable BOT_TOKEN set? `sounder run` and `node --env-file=.env` read it from the file .env."
  if (typeof token !== "string") return `a value of type ${typeof token}.`
  if (/^(["'`]).*\1$/s.test(token)) return "a token in quotes: remove the quotes."
  if (/^bot\d+:/i.test(token)) return 'a token that begins with "bot": remove these three letters.'
  if (/^<.*>$/s.test(token))
    return "a placeholder in angle brackets: put the token in its place, without the brackets."
  if (/^@|^\w*bot$/i.test(token))
    return "the name of a bot: @BotFather sends the token, a number, a colon and letters, in answer to /newbot and /token."
  if (/\s/.test(token)) return "a token with a space or a line break in it."
  return "a text of another form."
}
