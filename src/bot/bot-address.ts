import { unexpectedOption } from "../ground/expect-option.js"
import { tokenPattern } from "../telegram/redact-tokens.js"

const publicRoot = "https://api.telegram.org"

/**
 * The request paths of one bot. They contain the token, so only this class builds them, and only its
 * `redact` removes the token from texts that come back from the network.
 */
export class BotAddress {
  /** The number in front of the token's colon: the bot's user id. */
  readonly id: number
  /** The URL of the Bot API server, without a slash at the end. */
  readonly apiRoot: string
  /** The scheme, host and port of the Bot API server. */
  readonly origin: string
  /** The host and port of the Bot API server, which error messages name. */
  readonly host: string
  readonly #token: string
  /** The path of `apiRoot`, without a slash at the end. */
  readonly #rootPath: string
  /** The path segment after the token: `/test` selects Telegram's test environment on the same host. */
  readonly #environment: string
  /** A pattern that finds the token in every spelling. */
  readonly #secretPattern: RegExp

  /** @throws TypeError for an invalid token or URL, with a message that does not contain the token */
  constructor(
    token: string | undefined,
    apiRoot: string | undefined,
    environment: "production" | "test" = "production",
  ) {
    const [id, secret] = splitToken(token)
    this.id = Number(id)
    this.#token = `${id}:${secret}`
    this.#secretPattern = tokenPattern(this.#token)
    const root = this.#checkRoot(apiRoot ?? environmentRoot() ?? publicRoot)
    this.origin = root.origin
    this.host = root.host
    this.#rootPath = root.pathname.replace(/(?<!\/)\/+$/, "")
    this.apiRoot = this.origin + this.#rootPath
    this.#environment = environment === "test" ? "/test" : ""
  }

  /** The token. */
  get token(): string {
    return this.#token
  }

  /** Returns the request path of a method. */
  methodPath(method: string): string {
    return `${this.#rootPath}/bot${this.#token}${this.#environment}/${method}`
  }

  /** Returns the request path of a file. */
  filePath(path: string): string {
    const encoded = path.split("/").map(encodeURIComponent).join("/")
    return `${this.#rootPath}/file/bot${this.#token}${this.#environment}/${encoded}`
  }

  /** Returns a text without the secret half of the token, in all spellings of {@link tokenPattern}. */
  redact(text: string): string {
    return text.replaceAll(this.#secretPattern, "$1<token>")
  }

  #checkRoot(given: string): URL {
    const url = URL.canParse(given) ? new URL(given) : undefined
    const isPlain = url && !url.search && !url.hash && !url.username && !url.password
    if (!url || !isPlain || !/^https?:$/.test(url.protocol)) {
      const expected = `an http: or https: URL without the token, like ${JSON.stringify(publicRoot)}`
      unexpectedOption("apiRoot", expected, this.redact(given))
    }
    if (this.redact(url.href) !== url.href) {
      unexpectedOption("apiRoot", "a URL without the token", this.redact(url.href))
    }
    return url
  }
}

function splitToken(given: unknown): [id: string, secret: string] {
  // A token that was pasted or read from a file often ends in a space or a line break.
  const token = typeof given === "string" ? given.trim() : given
  const match = typeof token === "string" ? /^([1-9]\d*):([\w-]+)$/.exec(token) : null
  const [, id, secret] = match ?? []
  if (id && secret && Number.isSafeInteger(Number(id))) return [id, secret]
  throw new TypeError(
    `Expected the bot's token as @BotFather gives it, like 123456:ABC-DEF1234ghIkl, got ${describeToken(token)}`,
  )
}

/** Describes a wrong token without quoting it. */
function describeToken(token: unknown): string {
  if (token === undefined || token === "")
    return "nothing: is the environment variable BOT_TOKEN set?"
  if (typeof token !== "string") return `a value of type ${typeof token}.`
  if (/^(["'`]).*\1$/s.test(token)) return "one in quotes: take the quotes away."
  if (/^bot\d+:/i.test(token)) return 'one that begins with "bot": take that away.'
  if (/\s/.test(token)) return "one with a space or a line break in it."
  return "a text of another form."
}

function environmentRoot(): string | undefined {
  // `process` is not imported from `node:process`, because this file also runs on runtimes without it.
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.["TELEGRAM_API_ROOT"] || undefined
}
