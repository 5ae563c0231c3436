import { AsyncResource } from "node:async_hooks"
import type { IncomingMessage, ServerResponse } from "node:http"
import { isPutWatched } from "../events/index.js"
import type { Webhook, WebhookHead } from "../webhook/webhook.js"
import { announced, refusals, type WebhookResponse } from "../webhook/webhook-response.js"
import { refuse, send } from "./answers.js"
import { BodyBatch, type ReceivedBody } from "./body-batch.js"

/** A request with the members that frameworks on top of `node:http` add. */
export interface ParsedRequest extends IncomingMessage {
  /** The result of a body parser. The body is then not read again. */
  body?: string | Uint8Array | object | null
  /** The path before a router removed its own part. */
  originalUrl?: string
}

/**
 * The number of chunks after which a body's chunks are joined. Each chunk takes far more memory than its
 * bytes, and a client can send chunks of a single byte.
 */
const maxChunks = 1024

/** The batch of all servers, because a process has one event loop. */
const batch = new BodyBatch()

/**
 * Answers a request. Returns false if the request was refused by its head and its body was not read.
 *
 * @param context.caller the client's address, for messages; `undefined` if it is unknown
 * @param context.sendContinue called before the body is read, for clients that wait for `100 Continue`
 */
export function receiveRequest(
  webhook: Webhook,
  request: ParsedRequest,
  response: ServerResponse,
  context: {
    readonly caller?: string | undefined
    readonly sendContinue?: (() => void) | undefined
  } = {},
): boolean {
  const refusal = refusalOf(webhook, request, context.caller)
  if (refusal) {
    refuse(request, response, refusal)
    return false
  }
  context.sendContinue?.()
  if (request.body === undefined || request.body === null) {
    // Another handler has read the body and kept it: there is nothing left to read.
    if (request.readableEnded) send(response, announced(refusals.cut, webhook.botId))
    else readAndTake(webhook, request, response)
  } else takeBody(webhook, request.body, (answer) => send(response, answer))
  return true
}

/** Gives a body to its webhook at the end of this turn of the event loop. */
export function takeBody(
  webhook: Webhook,
  body: ReceivedBody["body"],
  answer: ReceivedBody["answer"],
): void {
  batch.add({ webhook, body, answer, scope: currentScope() })
}

/** Returns the refusal of a request by its head, as the webhook or the closed path at its path decides. */
export function refusalOf<R extends WebhookResponse | undefined>(
  route: { refusal(head: WebhookHead): R },
  request: ParsedRequest,
  caller: string | undefined,
): R {
  const { headers } = request
  return route.refusal({
    method: request.method,
    path: request.originalUrl ?? request.url,
    // Node joins repeated headers, so the value is never a list, contrary to its type.
    secretToken: headers["x-telegram-bot-api-secret-token"]?.toString(),
    contentType: headers["content-type"],
    contentEncoding: headers["content-encoding"],
    contentLength: headers["content-length"],
    caller,
  })
}

function readAndTake(webhook: Webhook, request: IncomingMessage, response: ServerResponse): void {
  const limit = webhook.maxBodyBytes
  const scope = currentScope()
  // Most bodies are a single chunk: the array is created only for further chunks.
  let first: Buffer | undefined
  let rest: Buffer[] | undefined
  let length = 0
  request.on("data", (piece: Buffer | string) => {
    // The piece is a string if an earlier handler has called `setEncoding`.
    const chunk = typeof piece === "string" ? Buffer.from(piece) : piece
    const isTooLong = length > limit
    length += chunk.length
    if (isTooLong) return
    if (length > limit) {
      first = rest = undefined
      refuse(request, response, announced(refusals.length, webhook.botId))
    } else if (first === undefined) first = chunk
    else if ((rest ??= [first]).push(chunk) >= maxChunks) rest = [Buffer.concat(rest, length)]
  })
  request.on("end", () => {
    if (length > limit) return
    if (rest) first = Buffer.concat(rest, length)
    const body = first ? bodyText(first) : ""
    batch.add({ webhook, body, answer: (answer) => send(response, answer), scope })
  })
}

/** Returns the asynchronous context of this request, if a subscriber of its put needs it. */
function currentScope(): AsyncResource | undefined {
  return isPutWatched() ? new AsyncResource("SounderRequest") : undefined
}

/** Returns the text of a body; its bytes if they are not UTF-8, which the webhook then refuses. */
export function bodyText(body: Buffer): string | Buffer {
  const text = body.toString()
  if (!text.includes("\uFFFD")) return text
  return process.getBuiltinModule("node:buffer").isUtf8(body) ? text : body
}
