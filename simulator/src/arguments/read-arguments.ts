import { isUtf8 } from "node:buffer"
import type { Arguments } from "./arguments.js"
import { EmptyHttpError } from "../ground/empty-http-error.js"
import { jsonPairs } from "./lenient-json.js"
import { formParts } from "./multipart.js"

/** The maximum size of all parameters of a call, in bytes. */
export const maxParameterBytes = 1_048_576

const highByte = /%[89a-f][\da-f]/i

/** Adds the parameters of a query string. A value that is not UTF-8 makes the call fail. */
export function addQuery(args: Arguments, query: string): void {
  if (highByte.test(query) && !isDecodable(query)) args.hasBrokenText = true
  for (const [name, value] of new URLSearchParams(query)) args.add(name, value)
}

/** Adds the parameters of a body. A body of an unknown content type adds nothing. */
export function addBody(args: Arguments, contentType: string, body: Buffer): void {
  if (body.length === 0) return
  const type = contentType.toLowerCase()
  if (type.includes("multipart/form-data")) return addForm(args, contentType, body)
  const isJson = type.includes("application/json")
  if (!isJson && !type.includes("application/x-www-form-urlencoded")) return
  if (body.length > maxParameterBytes) {
    throw new EmptyHttpError(413, "Request Entity Too Large: too many parameters")
  }
  if (!isUtf8(body)) args.hasBrokenText = true
  const text = body.toString("utf8")
  if (!isJson) return addQuery(args, text)
  for (const [name, value] of jsonPairs(text)) args.add(name, value)
}

function isDecodable(query: string): boolean {
  try {
    decodeURIComponent(query)
    return true
  } catch {
    // A percent sign without two hexadecimal digits stands for itself.
    return /%(?![\da-f]{2})/i.test(query)
  }
}

function addForm(args: Arguments, contentType: string, body: Buffer): void {
  for (const part of formParts(contentType, body)) {
    if ("file" in part) args.addFile(part.name, part.file)
    else args.add(part.name, part.value)
    if ("isBroken" in part && part.isBroken) args.hasBrokenText = true
  }
}
