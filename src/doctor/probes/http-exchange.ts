import { type ClientRequest, type IncomingMessage, request as startRequest } from "node:http"
import type { Socket } from "node:net"
import { timedOut } from "./tcp.js"

/** A request to be tried. */
export interface ProbeRequest {
  readonly method: "POST" | "HEAD"
  /** Path and query. */
  readonly path: string
  /** As Telegram writes it: with the port where it is not the usual one. */
  readonly host: string
  /** For a user and a password in the URL. */
  readonly authorization: string | undefined
  readonly secretToken: string | undefined
  readonly body: string
}

/** What became of a request. */
export type HttpOutcome =
  | HttpAnswer
  | { readonly kind: "interim"; readonly status: number }
  | { readonly kind: "timeout"; readonly ms: number }
  | { readonly kind: "closed"; readonly reason: string }
  | { readonly kind: "not-http"; readonly reason: string }

/** An answer, with the beginning of its body. */
export interface HttpAnswer {
  readonly kind: "answered"
  readonly status: number
  readonly reason: string
  /** By name in lower case; several values are joined. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
  readonly ms: number
}

const longestBody = 4096

/**
 * Sends one request with the headers that Telegram sends, and reads the answer as HTTP/1.1.
 *
 * @param open opens the connection; it is closed at the end
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
    return failure(error, Math.round(performance.now() - start))
  }
}

function answerOn(socket: Socket, probe: ProbeRequest, timeoutMs: number): Promise<HttpOutcome> {
  return new Promise((resolve, reject) => {
    const start = performance.now()
    const elapsed = () => Math.round(performance.now() - start)
    const request = send(socket, probe)
    const timer = setTimeout(() => request.destroy(timedOut()), timeoutMs)
    const settle = (act: () => void) => {
      clearTimeout(timer)
      act()
      request.destroy()
      socket.destroy()
    }
    const answered = (response: IncomingMessage) => {
      const ms = elapsed()
      readStart(response, (body) => settle(() => resolve(answerOf(response, body, ms))))
    }
    request.on("error", (error) => settle(() => reject(error)))
    request.on("information", ({ statusCode: status }) =>
      settle(() => resolve({ kind: "interim", status })),
    )
    request.once("response", answered)
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

function readStart(response: IncomingMessage, done: (body: string) => void): void {
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

function failure(error: unknown, ms: number): HttpOutcome {
  const { message, code } = error as NodeJS.ErrnoException // only errors are thrown above
  if (code === "ETIMEDOUT") return { kind: "timeout", ms }
  if (code?.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") {
    return { kind: "not-http", reason: message.replace(/^Parse Error: /, "") }
  }
  return { kind: "closed", reason: code ?? message }
}
