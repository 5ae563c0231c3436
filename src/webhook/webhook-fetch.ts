import type { Webhook } from "./webhook.js"

/**
 * The webhook for servers that speak `Request` and `Response`: Workers, Deno, Bun, Hono, Next.
 *
 * @returns a function that answers one request and never rejects
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

/** The path and query of a URL. With an odd `Host` header, Bun gives what is no URL, or only a path. */
function targetOf(url: string): string {
  return url.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i, "") || "/"
}

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
  // A source that never finishes its cancelling must not keep the answer back.
  reader.cancel().catch(() => {})
  return bytes.all
}

/** Bytes that are copied as they come: on Deno a chunk of one byte may keep 64 KiB in memory. */
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
