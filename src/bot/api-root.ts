import { unexpectedOption } from "../ground/expect-option.js"

const publicRoot = "https://api.telegram.org"

/** The parts of a Bot API server's URL. */
export interface ApiRoot {
  /** The URL, without a slash at the end. */
  readonly url: string
  /** The scheme, host and port. */
  readonly origin: string
  /** The host and port. */
  readonly host: string
  /** The path, without a slash at the end. */
  readonly path: string
}

/** The last URL given to {@link parseApiRoot}, and its parts: the bots of a process usually share one server. */
let latest: { readonly text: string; readonly root: ApiRoot } | undefined

/**
 * Returns the parts of a Bot API server's URL.
 *
 * @param given Default: the environment variable `TELEGRAM_API_ROOT`, or Telegram's own server
 * @param redact removes the bot's token from a text
 * @throws TypeError for an invalid URL, and for a URL that contains the token. The message does not contain the
 *   token
 */
export function parseApiRoot(given: string | undefined, redact: (text: string) => string): ApiRoot {
  const text = given ?? environmentRoot() ?? publicRoot
  const isKnown = latest?.text === text
  const root = latest && isKnown ? latest.root : parse(text, redact)
  if (redact(root.url) !== root.url) {
    unexpectedOption("apiRoot", "a URL without the token", redact(root.url))
  }
  latest = { text, root }
  return root
}

function parse(text: string, redact: (text: string) => string): ApiRoot {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url && !url.search && !url.hash && !url.username && !url.password
  if (!url || !isPlain || !/^https?:$/.test(url.protocol)) {
    const expected = `an http: or https: URL without the token, like ${JSON.stringify(publicRoot)}`
    unexpectedOption("apiRoot", expected, redact(text))
  }
  const { origin, host } = url
  const path = url.pathname.replace(/(?<!\/)\/+$/, "")
  return { url: origin + path, origin, host, path }
}

function environmentRoot(): string | undefined {
  // `process` is not imported from `node:process`, because this file also runs on runtimes without it.
  const { process } = globalThis as { process?: { env?: Record<string, string | undefined> } }
  return process?.env?.["TELEGRAM_API_ROOT"] || undefined
}
