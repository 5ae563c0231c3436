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
      path: new URL(request.url).pathname,
      headers: (name) => request.headers.get(name) ?? undefined,
      readBody: (limit) => readBody(request.body, limit),
    })
    return new Response(body, { status, headers })
  }
}

async function readBody(
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> {
  if (body === null) return new Uint8Array()
  const reader = body.getReader()
  const chunks: Uint8Array[] = []
  let length = 0
  while (length <= limit) {
    const { done, value } = await reader.read()
    if (done) break
    chunks.push(value)
    length += value.length
  }
  // A source that never finishes its cancelling must not keep the answer back.
  if (length > limit) reader.cancel().catch(() => {})
  return joined(chunks, length)
}

function joined(chunks: readonly Uint8Array[], length: number): Uint8Array {
  const whole = new Uint8Array(length)
  let offset = 0
  for (const chunk of chunks) {
    whole.set(chunk, offset)
    offset += chunk.length
  }
  return whole
}
