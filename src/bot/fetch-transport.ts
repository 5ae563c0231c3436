/**
 * The transport for runtimes without Node's sockets, built on `fetch`: Cloudflare Workers, Deno, Bun.
 *
 * @module
 */
import { AnswerTooLong, longestAnswerBytes } from "./answer-too-long.js"
import type { Transport, TransportRequest, TransportResponse } from "./transport.js"

/**
 * Creates a transport. The runtime manages the connections.
 *
 * @throws TypeError for the option `proxy`, because only the runtime can set a proxy for `fetch`
 */
export function createTransport(options: { readonly proxy?: unknown } = {}): Transport {
  if (options.proxy !== undefined) {
    throw new TypeError(
      "Expected no `proxy` option: on this runtime, set the proxy of `fetch` in the runtime's settings.",
    )
  }
  return {
    async send(request) {
      const response = await fetchRequest(request)
      return toResponse(response, await textOf(response))
    },
    async open(request) {
      const response = await fetchRequest(request)
      return toResponse(response, chunks(response.body))
    },
    async [Symbol.asyncDispose]() {},
  }
}

function fetchRequest({ origin, path, body, abort, ...rest }: TransportRequest): Promise<Response> {
  const url = origin + path
  const init: RequestInit = { ...rest, signal: abort.signal, redirect: "manual" }
  if (body === undefined) return fetch(url, init)
  if (typeof body === "string") return fetch(url, { ...init, body })
  // The Fetch standard requires `duplex` for a body that is a stream.
  return fetch(url, { ...init, body: toStream(body), duplex: "half" })
}

async function textOf(response: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ""
  let bytes = 0
  for await (const chunk of chunks(response.body)) {
    bytes += chunk.length
    if (bytes > longestAnswerBytes) throw new AnswerTooLong()
    text += decoder.decode(chunk, { stream: true })
  }
  return text + decoder.decode()
}

function toResponse<Body>(response: Response, body: Body): TransportResponse<Body> {
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

async function* chunks(body: ReadableStream<Uint8Array> | null): AsyncGenerator<Uint8Array> {
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
