/**
 * The transport of runtimes that have only `fetch`: Workers, Deno, Bun.
 *
 * @module
 */
import { AnswerTooLong, longestAnswerBytes } from "./answer-too-long.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"

/**
 * Makes a transport. The runtime keeps its connections.
 *
 * @throws TypeError for a proxy: what `fetch` goes through is the runtime's to say
 */
export function createTransport(options: { readonly proxy?: unknown } = {}): Transport {
  if (options.proxy !== undefined) {
    throw new TypeError("Expected no `proxy` option: on this runtime `fetch` has its own settings.")
  }
  return {
    async send(request) {
      const response = await fetchAsTold(request)
      return answer(response, await textOf(response))
    },
    async open(request) {
      const response = await fetchAsTold(request)
      return answer(response, pieces(response.body))
    },
    async [Symbol.asyncDispose]() {},
  }
}

function fetchAsTold({ origin, path, body, abort, ...rest }: TransportRequest): Promise<Response> {
  const url = origin + path
  const init: RequestInit = { ...rest, signal: abort.signal, redirect: "manual" }
  if (body === undefined) return fetch(url, init)
  if (typeof body === "string") return fetch(url, { ...init, body })
  // A request whose body is a stream has to say so.
  return fetch(url, { ...init, body: toStream(body), duplex: "half" })
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  for await (const piece of pieces(response.body)) {
    bytes += piece.length
    if (bytes > longestAnswerBytes) throw new AnswerTooLong()
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}

function answer<Body>(response: Response, body: Body): TransportResponse<Body> {
  return { status: response.status, headers: Object.fromEntries(response.headers), body }
}

function toStream(iterable: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> {
  const iterator = iterable[Symbol.asyncIterator]()
  return new ReadableStream({
    async pull(controller) {
      const { done, value } = await iterator.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    async cancel() {
      await iterator.return?.()
    },
  })
}

async function* pieces(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader()
  try {
    for (;;) {
      const { done, value } = (await reader?.read()) ?? { done: true }
      if (done || !value) return
      yield value
    }
  } finally {
    await reader?.cancel()
  }
}
