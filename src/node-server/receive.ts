import { AsyncResource } from "node:async_hooks"
import { isUtf8 } from "node:buffer"
import type { IncomingMessage, ServerResponse } from "node:http"
import { isPutWatched } from "../events/index.js"
import type { Webhook } from "../webhook/webhook.js"
import { announced, refusals, type WebhookResponse } from "../webhook/webhook-response.js"
import { refuse, send } from "./answers.js"
import { BodyBatch } from "./body-batch.js"

/** What frameworks on top of `node:http` add to a request. */
export interface ParsedRequest extends IncomingMessage {
  /** What a body parser made of the body; the body is then not read again. */
  body?: string | Uint8Array | object | null
  /** The path before a router cut its own part off. */
  originalUrl?: string
}

/** So many pieces of a body are put together: each takes far more memory than the byte it may have. */
const mostChunks = 1024

/** One for all servers of the process, as there is one event loop. */
const batch = new BodyBatch()

/**
 * Answers one request. Returns `false` if it was refused for its head and its body left unread.
 *
 * @param about.caller who calls, if known, for messages
 * @param about.ask called before the body is read, where the client has to be asked for it
 */
export function receive(
  webhook: Webhook,
  request: ParsedRequest,
  response: ServerResponse,
  about: { readonly caller?: string | undefined; readonly ask?: (() => void) | undefined } = {},
): boolean {
  const refusal = refusalOf(webhook, request, about.caller)
  if (refusal) {
    refuse(request, response, refusal)
    return false
  }
  about.ask?.()
  if (request.body === undefined || request.body === null) {
    // Read before, and what was made of it is not here: there is no end left to wait for.
    if (request.readableEnded) send(response, announced(refusals.cut, webhook.botId))
    else readAndTake(webhook, request, response)
  } else batch.add({ webhook, body: request.body, response, scope: presentScope() })
  return true
}

/** Returns the refusal of a request for its head; `undefined` when its body may be read. */
function refusalOf(
  webhook: Webhook,
  request: ParsedRequest,
  caller: string | undefined,
): WebhookResponse | undefined {
  const { headers } = request
  return webhook.refusal({
    method: request.method,
    path: request.originalUrl ?? request.url,
    // Node joins a header that is repeated; the types leave room for a list.
    secretToken: headers["x-telegram-bot-api-secret-token"]?.toString(),
    contentType: headers["content-type"],
    contentEncoding: headers["content-encoding"],
    contentLength: headers["content-length"],
    caller,
  })
}

function readAndTake(webhook: Webhook, request: IncomingMessage, response: ServerResponse): void {
  const limit = webhook.maxBodyBytes
  const scope = presentScope()
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let length = 0
  request.on("data", (piece: Buffer | string) => {
    // A text where a handler before this one has called `setEncoding`.
    const chunk = typeof piece === "string" ? Buffer.from(piece) : piece
    const isTooLong = length > limit
    length += chunk.length
    if (isTooLong) return
    if (length > limit) {
      first = rest = undefined
      refuse(request, response, announced(refusals.length, webhook.botId))
    } else if (first === undefined) first = chunk
    else if ((rest ??= [first]).push(chunk) >= mostChunks) rest = [Buffer.concat(rest, length)]
  })
  request.on("end", () => {
    if (length > limit) return
    if (rest) first = Buffer.concat(rest, length)
    batch.add({ webhook, body: first ? textOf(first) : "", response, scope })
  })
}

/** The asynchronous context of this request, for listeners of its put; otherwise that of its batch. */
function presentScope(): AsyncResource | undefined {
  return isPutWatched() ? new AsyncResource("SounderRequest") : undefined
}

/** Returns the text of a body; the bytes themselves if they are not UTF-8, and are refused later. */
function textOf(body: Buffer): string | Buffer {
  const text = body.toString()
  return text.includes("\uFFFD") && !isUtf8(body) ? body : text
}
