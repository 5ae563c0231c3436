import type { OutgoingHttpHeaders, ServerResponse } from "node:http"
import type { Html } from "./html.js"

/** An answer to a request. */
export interface AdminAnswer {
  readonly status: number
  readonly headers?: OutgoingHttpHeaders
  /** A page, or a text of another type. */
  readonly body: Html | string
}

/**
 * The headers of every answer. The page has no script and loads nothing from elsewhere. A referrer goes to the page
 * itself only, so that its forms have an `Origin`.
 */
const commonHeaders = {
  "cache-control": "no-store",
  "content-security-policy":
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "same-origin",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
} as const

/** Sends an answer. The body is left out for HEAD. */
export function sendAnswer(response: ServerResponse, { status, headers, body }: AdminAnswer): void {
  const isText = typeof body === "string"
  const bytes = Buffer.from(isText ? body : body.text)
  response.writeHead(status, {
    ...commonHeaders,
    "content-type": `text/${isText ? "plain" : "html"}; charset=utf-8`,
    "content-length": bytes.length,
    ...headers,
  })
  response.end(response.req.method === "HEAD" ? undefined : bytes)
}

/** Returns an answer without information about the page. */
export function plainAnswer(
  status: number,
  text: string,
  headers?: OutgoingHttpHeaders,
): AdminAnswer {
  return { status, body: `${text}\n`, ...(headers && { headers }) }
}
