import type { Received } from "./bot-api-server.js"

/** One field of a form, as a server reads it. */
export interface Field {
  readonly filename?: string
  readonly value: string
}

/** Returns the fields of a `multipart/form-data` body, read by an independent parser. */
export async function readForm({ body, headers }: Received): Promise<Record<string, Field>> {
  const type = headers["content-type"] ?? ""
  const response = new Response(new Uint8Array(body), { headers: { "content-type": type } })
  // The platform's parser is deprecated for large bodies only.
  const form = await response.formData()
  const fields: Record<string, Field> = {}
  for (const [name, value] of form) {
    fields[name] =
      typeof value === "string" ? { value } : { filename: value.name, value: await value.text() }
  }
  return fields
}
