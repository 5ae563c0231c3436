import type { Arguments } from "./arguments.js"
import { BareError } from "./bare-error.js"
import { jsonPairs } from "./lenient-json.js"
import { formParts } from "./multipart.js"

/** The most that all parameters of a call may take, in bytes. */
export const maxParameterBytes = 1_048_576

/** Adds what a query string says. */
export function addQuery(args: Arguments, query: string): void {
  for (const [name, value] of new URLSearchParams(query)) args.add(name, value)
}

/** Adds what a body says. A content type that is not known says nothing. */
export function addBody(args: Arguments, contentType: string, body: Buffer): void {
  if (body.length === 0) return
  const type = contentType.toLowerCase()
  if (type.includes("multipart/form-data")) return addForm(args, contentType, body)
  const isJson = type.includes("application/json")
  if (!isJson && !type.includes("application/x-www-form-urlencoded")) return
  if (body.length > maxParameterBytes) {
    throw new BareError(413, "Request Entity Too Large: too many parameters")
  }
  const text = body.toString("utf8")
  if (!isJson) return addQuery(args, text)
  for (const [name, value] of jsonPairs(text)) args.add(name, value)
}

function addForm(args: Arguments, contentType: string, body: Buffer): void {
  for (const part of formParts(contentType, body)) {
    if ("file" in part) args.addFile(part.name, part.file)
    else args.add(part.name, part.value)
  }
}
