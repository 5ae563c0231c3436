import { type ClientRequest, type IncomingMessage, request as startRequest } from "node:http"
import type { Socket } from "node:net"
import { timeoutError } from "./tcp.js"

/** A request of the doctor. */
export interface ProbeRequest {
  readonly method: "POST" | "HEAD"
  /** The path and query of the URL. */
  readonly path: string
  /** The header `Host`: the host, with the port if it is not the default one. */
  readonly host: string
  /** The header `Authorization`; `undefined` if the URL has no user and password. */
  readonly authorization: string | undefined
  /** The secret; `undefined` for a request without one. */
  readonly secretToken: string | undefined
  readonly body: string
}

/** The result of a request. */
export type HttpOutcome =
  | HttpAnswer
  /** The server sent an interim response (1xx) first. */
  | { readonly kind: "interim"; readonly status: number }
  /** The server did not answer in time. */
  | { readonly kind: "timeout"; readonly ms: number }
  /** The connection failed, or was closed before the answer was complete. */
  | { readonly kind: "closed"; readonly reason: string }
  /** The answer is not valid HTTP/1.1. */
  | { readonly kind: "not-http"; readonly reason: string }

/** A complete answer, with the beginning of its body. */
export interface HttpAnswer {
  readonly kind: "answered"
  readonly status: number
  /** The reason phrase after the status, as in `Not Found`. */
  readonly reason: string
  /** The headers by their names in lower case. Several values of one header are joined. */
  readonly headers: Readonly<Record<string, string>>
  /** The first 4,096 bytes of the body. */
  readonly body: string
  /** The time from the request to the headers of the answer, in milliseconds. */
  readonly ms: number
}

/** Returns the status of an answer; 0 if there was no complete answer. */
export function statusOf(outcome: HttpOutcome | undefined): number {
  return outcome?.kind === "answered" ? outcome.status : 0
}

/** The number of bytes after which the rest of a body is not read. */
const longestBody = 4096

/**
 * Sends a request with the headers of Telegram's requests, and resolves with the HTTP/1.1 answer or the
 * reason for its absence. Never rejects.
 *
 * @param open opens the connection, which `exchange` closes
 */
export async function exchange(
  open: () => Promise<Socket>,
  probe: ProbeRequest,
  timeoutMs: number,
): Promise<HttpOutcome> {
  const start = performance.now()
  try {
    const socket = await open()
    return await answerOn(socket, probe, timeoutMs)
  } catch (error) {
    return toOutcome(error, Math.round(performance.now() - start))
  }
}

function answerOn(socket: Socket, probe: ProbeRequest, timeoutMs: number): Promise<HttpOutcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const elapsed = () => Math.round(performance.now() - start)
    const request = send(socket, probe)
    const timer = setTimeout(() => request.destroy(timeoutError()), timeoutMs)
    const settle = (complete: () => void) => {
      clearTimeout(timer)
      complete()
      request.destroy()
      socket.destroy()
    }
    const onResponse = (response: IncomingMessage) => {
      const ms = elapsed()
      readBodyStart(response, (body) => settle(() => resolve(answerOf(response, body, ms))))
    }
    request.on("error", (error) => settle(() => reject(error)))
    request.on("information", ({ statusCode: status }) =>
      settle(() => resolve({ kind: "interim", status })),
    )
    request.once("response", onResponse)
    request.end(probe.body)
  })
}

function send(
  socket: Socket,
  { method, path, host, authorization, secretToken, body }: ProbeRequest,
): ClientRequest {
  const headers = {
    Host: host,
    ...(authorization !== undefined && { Authorization: authorization }),
    ...(secretToken !== undefined && { "X-Telegram-Bot-Api-Secret-Token": secretToken }),
    ...(method === "POST" && {
      "Content-Type": "application/json",
      "Content-Length": String(Buffer.byteLength(body)),
    }),
    Connection: "keep-alive",
    "Accept-Encoding": "gzip, deflate",
  }
  return startRequest({ method, path, headers, createConnection: () => socket })
}

function readBodyStart(response: IncomingMessage, done: (body: string) => void): void {
  const chunks: Buffer[] = []
  let length = 0
  const end = () => done(Buffer.concat(chunks).toString("latin1").slice(0, longestBody))
  response.on("data", (chunk: Buffer) => {
    chunks.push(chunk)
    length += chunk.length
    if (length >= longestBody) end()
  })
  response.once("end", end)
  response.once("error", end)
}

function answerOf(response: IncomingMessage, body: string, ms: number): HttpAnswer {
  const headers = Object.fromEntries(
    Object.entries(response.headers).map(([name, value]) => [name, String(value ?? "")]),
  )
  const { statusCode: status = 0, statusMessage: reason = "" } = response
  return { kind: "answered", status, reason, headers, body, ms }
}

function toOutcome(error: unknown, ms: number): HttpOutcome {
  const { message, code } = error as NodeJS.ErrnoException // only errors are thrown above
  if (code === "ETIMEDOUT") return { kind: "timeout", ms }
  // The codes of Node's HTTP parser. `HPE_INVALID_EOF_STATE`: the connection ended within an answer.
  if (code?.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") {
    return { kind: "not-http", reason: message.replace(/^Parse Error: /, "") }
  }
  return { kind: "closed", reason: code ?? message }
}
