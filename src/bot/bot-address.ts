import { unexpectedOption } from "../ground/expect-option.js"
import { tokenPattern } from "../telegram/redact-tokens.js"

const publicRoot = "https://api.telegram.org"

/**
 * The addresses of one bot. They hold the token, so they are built here and nowhere else, and what
 * comes back from the network is cleaned of the token here.
 */
export class BotAddress {
  /** The number in front of the token's colon: the bot's user id. */
  readonly id: number
  /** Where the Bot API is, without a slash at the end. */
  readonly apiRoot: string
  /** The server of the Bot API: scheme, host and port. */
  readonly origin: string
  /** The name and port of that server, for errors. */
  readonly host: string
  readonly #token: string
  readonly #prefix: string
  /** What follows the token: Telegram's test servers are behind the same name. */
  readonly #environment: string
  readonly #secrets: RegExp

  /** @throws TypeError for a token or a root that cannot be one; the token is not in its message */
  constructor(
    token: string | undefined,
    apiRoot: string | undefined,
    environment: "production" | "test" = "production",
  ) {
    const [id, secret] = splitToken(token)
    this.id = Number(id)
    this.#token = `${id}:${secret}`
    this.#secrets = tokenPattern(this.#token)
    const root = this.#checkRoot(apiRoot ?? environmentRoot() ?? publicRoot)
    this.origin = root.origin
    this.host = root.host
    this.#prefix = root.pathname.replace(/(?<!\/)\/+$/, "")
    this.apiRoot = this.origin + this.#prefix
    this.#environment = environment === "test" ? "/test" : ""
  }

  /** The token itself. */
  get token(): string {
    return this.#token
  }

  /** What is asked for at {@link BotAddress.origin} to call a method. */
  ofMethod(method: string): string {
    return `${this.#prefix}/bot${this.#token}${this.#environment}/${method}`
  }

  /** What is asked for at {@link BotAddress.origin} to download a file. */
  ofFile(path: string): string {
    const encoded = path.split("/").map(encodeURIComponent).join("/")
    return `${this.#prefix}/file/bot${this.#token}${this.#environment}/${encoded}`
  }

  /** The text without the token's secret half, however it is spelt in it. */
  redact(text: string): string {
    return text.replaceAll(this.#secrets, "$1<token>")
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
  // A token that was read from a file or pasted often has a line break or a space around it.
  const token = typeof given === "string" ? given.trim() : given
  const match = typeof token === "string" ? /^([1-9]\d*):([\w-]+)$/.exec(token) : null
  const [, id, secret] = match ?? []
  if (id && secret && Number.isSafeInteger(Number(id))) return [id, secret]
  throw new TypeError(
    `Expected the bot's token as @BotFather gives it, like 123456:ABC-DEF1234ghIkl, got ${describe(token)}.`,
  )
}

/** The token itself is in no message. */
function describe(token: unknown): string {
  if (token === undefined || token === "") return "nothing"
  if (typeof token !== "string") return `a value of type ${typeof token}`
  if (/^(["'`]).*\1$/s.test(token)) return "one in quotes: take the quotes away"
  if (/^bot\d+:/i.test(token)) return 'one that begins with "bot": take that away'
  if (/\s/.test(token)) return "one with a space or a line break in it"
  return "a text of another form"
}

function environmentRoot(): string | undefined {
  // Only some runtimes have `process`, and this module imports nothing of Node.
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.["TELEGRAM_API_ROOT"] || undefined
}
