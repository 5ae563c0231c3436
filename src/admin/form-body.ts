import type { IncomingMessage } from "node:http"

/** The longest body of a form, in bytes. */
const maxBytes = 8_192

/** Resolves with the fields of a form; with `undefined` if its body is too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    length += chunk.length
    if (length > maxBytes) return undefined
    chunks.push(chunk)
  }
  return new URLSearchParams(Buffer.concat(chunks).toString())
}
