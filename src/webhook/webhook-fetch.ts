import type { Webhook } from "./webhook.js"

/**
 * Returns a handler for servers with `Request` and `Response`: Cloudflare Workers, Deno, Bun, Hono, Next. The
 * handler resolves with the answer to a request, and never rejects.
 */
export function webhookFetch(webhook: Webhook): (request: Request) => Promise<Response> {
  return async (request) => {
    const { status, headers, body } = await webhook.handle({
      method: request.method,
      path: targetOf(request.url),
      headers: (name) => request.headers.get(name) ?? undefined,
      readBody: (limit) => readBody(request.body, limit),
    })
    return new Response(body, { status, headers })
  }
}

/**
 * Returns the path and query of a request's URL. The class `URL` cannot parse every such URL: for a
 * malformed `Host` header, Bun passes an invalid URL or only a path.
 */
function targetOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "") || "/"
}

/** Reads a body. Stops after the chunk that exceeds `limit` bytes. */
async function readBody(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  const bytes = new GrowingBytes()
  if (body === null) return bytes.all
  const reader = body.getReader()
  while (bytes.length <= limit) {
    const { done, value } = await reader.read()
    if (done) return bytes.all
    bytes.add(value)
  }
  // Not awaited: a stream that never finishes its cancellation would delay the answer.
  reader.cancel().catch(() => {})
  return bytes.all
}

/** A growing buffer that copies chunks: on Deno, a chunk of one byte may keep 64 KiB in memory. */
class GrowingBytes {
  #bytes = new Uint8Array(16_384)
  length = 0

  get all(): Uint8Array {
    return this.#bytes.subarray(0, this.length)
  }

  add(chunk: Uint8Array): void {
    const length = this.length + chunk.length
    if (length > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(length, 2 * this.#bytes.length))
      larger.set(this.all)
      this.#bytes = larger
    }
    this.#bytes.set(chunk, this.length)
    this.length = length
  }
}
