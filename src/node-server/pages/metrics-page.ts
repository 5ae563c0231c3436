import type { IncomingMessage } from "node:http"
import { expectText, unexpectedOption } from "../../ground/expect-option.js"
import { sameSecret } from "../../webhook/same-secret.js"
import type { ServerPage } from "./server-page.js"
import { withLeadingSlash } from "../../webhook/url-path.js"
import { textResponse, type WebhookResponse } from "../../webhook/webhook-response.js"

/** What metrics are read from. `Metrics` of `sounder/metrics` fits, and so does what wraps others. */
export interface MetricsSource {
  /** What they are sent as. */
  readonly contentType: string
  /** All of them, as a text. */
  text(): Promise<string>
}

/** How a server shows metrics. */
export interface MetricsPageOptions {
  /** Where they come from. */
  readonly source: MetricsSource
  /** Where they are shown. `/metrics` by default. */
  readonly path?: string | undefined
  /**
   * What a reader has to send as `Authorization: Bearer …`. `false` lets anyone read them who reaches
   * the server: Telegram's port is open to the internet, also behind a proxy.
   */
  readonly token: string | false
}

/** For so long a text that was made is shown to all who ask, in milliseconds. */
const keptMs = 1000

const unauthorized = textResponse(401, "Send the token of the metrics as Authorization: Bearer.", {
  "www-authenticate": 'Bearer realm="metrics"',
})
const broken = textResponse(500, "The metrics could not be read.")

/**
 * The path and the page of metrics. However often they are asked for, they are made once a second.
 *
 * @throws TypeError for an option that is not what it has to be
 */
export function metricsPage(options: MetricsPageOptions): [path: string, page: ServerPage] {
  const { source, token, path = "/metrics" } = options
  if (typeof source?.text !== "function") {
    unexpectedOption("metrics.source", "an object with `text()`", source)
  }
  if (token !== false) expectText("metrics.token", token)
  const read = once(source)
  const page: ServerPage = (request) => (mayRead(request, token) ? read() : unauthorized)
  return [withLeadingSlash(expectText("metrics.path", path)), page]
}

function once(source: MetricsSource): () => Promise<WebhookResponse> {
  let made: Promise<WebhookResponse> | undefined
  let until = -Infinity
  return () => {
    if (made && performance.now() < until) return made
    until = Infinity
    made = responseOf(source)
    void made.then(() => (until = performance.now() + keptMs))
    return made
  }
}

async function responseOf(source: MetricsSource): Promise<WebhookResponse> {
  try {
    const body: unknown = await source.text()
    if (typeof body !== "string") return broken
    // Throws for a type that no header can have.
    const type = new Headers({ "content-type": expectText("contentType", source.contentType) })
    return { status: 200, headers: { "content-type": type.get("content-type") ?? "" }, body }
  } catch {
    return broken
  }
}

function mayRead({ headers }: IncomingMessage, token: string | false): boolean {
  if (token === false) return true
  const [, given] = /^Bearer +(\S+)$/i.exec(headers.authorization ?? "") ?? []
  return sameSecret(token, given)
}
