import { isUtf8 } from "node:buffer"
import type { UploadedFile } from "./arguments.js"
import { EmptyHttpError } from "../ground/empty-http-error.js"

/** One part of a form: a text (marked as broken if it is not UTF-8) or a file. */
export type FormPart =
  | { readonly name: string; readonly value: string; readonly isBroken: boolean }
  | { readonly name: string; readonly file: UploadedFile }

/** The maximum size of one text field; Telegram refuses a longer one. */
const maxFieldBytes = 1_048_576
/** The maximum number of files in one request. */
const maxFiles = 50

/**
 * Parses a `multipart/form-data` body into its parts. Throws {@link EmptyHttpError} if it is
 * malformed.
 */
export function formParts(contentType: string, body: Buffer): FormPart[] {
  const boundary = boundaryOf(contentType)
  const delimiter = Buffer.from(`\r\n--${boundary}`)
  const bytes = Buffer.concat([Buffer.from("\r\n"), body])
  const parts: FormPart[] = []
  let at = bytes.indexOf(delimiter)
  for (;;) {
    if (at === -1) throw new EmptyHttpError(400, "Bad Request: unexpected end of request content")
    const start = at + delimiter.length
    if (bytes.toString("latin1", start, start + 2) === "--") break
    const end = bytes.indexOf(delimiter, start)
    if (end !== -1) parts.push(partOf(bytes.subarray(start + 2, end)))
    at = end
  }
  if (parts.filter((part) => "file" in part).length > maxFiles) {
    throw new EmptyHttpError(413, "Request Entity Too Large: too many files attached")
  }
  return parts
}

function boundaryOf(contentType: string): string {
  const match = /boundary\s*=\s*(?:"([^"]*)"|([^;\s]*))/i.exec(contentType)
  if (match === null) throw new EmptyHttpError(400, "Bad Request: boundary not found")
  const boundary = match[1] ?? match[2] ?? ""
  if (boundary === "" || boundary.length > 70) {
    throw new EmptyHttpError(400, "Bad Request: boundary too big or empty")
  }
  return boundary
}

function partOf(bytes: Buffer): FormPart {
  if (bytes.indexOf("\r\n") === 0) {
    throw new EmptyHttpError(400, "Bad Request: headers in multipart/form-data are empty")
  }
  const headEnd = bytes.indexOf("\r\n\r\n")
  if (headEnd === -1) throw new EmptyHttpError(400, "Bad Request: can't find part headers")
  const head = bytes.toString("utf8", 0, headEnd)
  const content = bytes.subarray(headEnd + 4)
  const disposition = /^content-disposition:(.*)$/im.exec(head)?.[1] ?? ""
  if (!/^\s*form-data\s*(?:;|$)/i.test(disposition)) {
    throw new EmptyHttpError(400, "Bad Request: expected form-data content disposition")
  }
  const name = parameter(disposition, "name") ?? ""
  const fileName = parameter(disposition, "filename")
  if (fileName !== undefined) {
    const type = /^content-type:(.*)$/im.exec(head)?.[1]?.trim() ?? ""
    const file = { name: baseName(fileName), type, bytes: Buffer.from(content) }
    return { name, file }
  }
  if (content.length > maxFieldBytes) {
    throw new EmptyHttpError(413, "Request Entity Too Large: too many parameters")
  }
  return { name, value: content.toString("utf8"), isBroken: !isUtf8(content) }
}

// Clients percent-encode characters that a header cannot hold, and some send a whole path.
function baseName(fileName: string): string {
  const decoded = fileName.replaceAll(/(?:%[\da-f]{2})+/gi, (encoded) =>
    Buffer.from(encoded.replaceAll("%", ""), "hex").toString(),
  )
  return decoded.slice(decoded.lastIndexOf("/") + 1)
}

function parameter(disposition: string, name: string): string | undefined {
  const match = new RegExp(`[;\\s]${name}=(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]*))`, "i").exec(
    disposition,
  )
  return match === null ? undefined : (match[1] ?? match[2] ?? "").replaceAll(/\\(.)/g, "$1")
}
