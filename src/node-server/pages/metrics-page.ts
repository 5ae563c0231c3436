import type { IncomingMessage } from "node:http"
import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import { sameSecret } from "../../webhook/same-secret.js"
import type { ServerPage } from "./server-page.js"
import { withLeadingSlash } from "../../webhook/url-path.js"
import { textResponse, type WebhookResponse } from "../../webhook/webhook-response.js"

/** A source of metrics: `Metrics` of `sounder/metrics`, or a wrapper of another library. */
export interface MetricsSource {
  /** The content type of the text. */
  readonly contentType: string
  /** Resolves with all metrics as text. */
  text(): Promise<string>
}

/** The options of a server's metrics page. */
export interface MetricsPageOptions {
  /** The source of the metrics. */
  readonly source: MetricsSource
  /** The path of the page. Default: `/metrics`. */
  readonly path?: string | undefined
  /**
   * The token that readers have to send as `Authorization: Bearer …`. With `false`, anybody who reaches
   * the server can read the metrics; Telegram's port is open to the internet, also behind a proxy.
   */
  readonly token: string | false
}

/** The time for which an answer is cached, in milliseconds. */
const cacheMs = 1000

const unauthorized = textResponse(401, "Send the token of the metrics as Authorization: Bearer.", {
  "www-authenticate": 'Bearer realm="metrics"',
})
const broken = textResponse(500, "The metrics could not be read.")

/**
 * Returns the path and the metrics page. The page reads its source at most once per second. Throws a
 * `TypeError` for a wrong option.
 */
export function metricsPage(options: MetricsPageOptions): [path: string, page: ServerPage] {
  const { source, token, path = "/metrics" } = options
  if (typeof source?.text !== "function") {
    unexpectedOption("metrics.source", "an object with `text()`", source)
  }
  if (token !== false) expectText("metrics.token", token)
  const read = cached(source)
  const page: ServerPage = (request) => (mayRead(request, token) ? read() : unauthorized)
  return [withLeadingSlash(expectText("metrics.path", path)), page]
}

function cached(source: MetricsSource): () => Promise<WebhookResponse> {
  let answer: Promise<WebhookResponse> | undefined
  let cachedUntilMs = -Infinity
  return () => {
    if (answer && performance.now() < cachedUntilMs) return answer
    cachedUntilMs = Infinity
    answer = responseOf(source)
    void answer.then(() => (cachedUntilMs = performance.now() + cacheMs))
    return answer
  }
}

async function responseOf(source: MetricsSource): Promise<WebhookResponse> {
  try {
    const body: unknown = await source.text()
    if (typeof body !== "string") return broken
    // `Headers` throws for an invalid content type.
    const type = new Headers({ "content-type": expectText("contentType", source.contentType) })
    return { status: 200, headers: { "content-type": type.get("content-type") ?? "" }, body }
  } catch {
    return broken
  }
}

function mayRead({ headers }: IncomingMessage, token: string | false): boolean {
  if (token === false) return true
  const [, received] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? []
  return sameSecret(token, received)
}
