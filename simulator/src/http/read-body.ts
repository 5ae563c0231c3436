import type { IncomingMessage } from "node:http"
import { nodeZlib } from "../ground/node-zlib.js"
import { EmptyHttpError } from "../ground/empty-http-error.js"
import { maxParameterBytes } from "../arguments/read-arguments.js"

const megabyte = 1_048_576
const nothing = Buffer.alloc(0)

/**
 * Reads the body of a request; keeps only bodies of a supported content type.
 *
 * @param options.keep false to read and drop the body
 */
export async function readBody(
  request: IncomingMessage,
  options: { keep: boolean; local: boolean },
): Promise<Buffer> {
  const limit = limitOf(request.headers["content-type"] ?? "", options.local)
  const isKept = options.keep && limit.isRead
  const chunks: Buffer[] = []
  let bytes = 0
  // The connection has to stay open for the response. A request without an encoding emits buffers.
  const arriving = request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>
  for await (const chunk of arriving) {
    bytes += chunk.length
    if (bytes > limit.bytes) throw new EmptyHttpError(413, "Request Entity Too Large")
    if (isKept) chunks.push(chunk)
  }
  return decoded(Buffer.concat(chunks), request.headers["content-encoding"] ?? "", limit.bytes)
}

function limitOf(contentType: string, local: boolean): { bytes: number; isRead: boolean } {
  const type = contentType.toLowerCase()
  if (type.includes("multipart/form-data")) {
    return { bytes: (local ? 2001 : 51) * megabyte, isRead: true }
  }
  const isRead = type.includes("application/json") || type.includes("x-www-form-urlencoded")
  return isRead ? { bytes: maxParameterBytes, isRead } : { bytes: 51 * megabyte, isRead }
}

function decoded(body: Buffer, encoding: string, maxOutputLength: number): Buffer {
  if (body.length === 0) return nothing
  const name = encoding.toLowerCase()
  if (name === "" || name === "none") return body
  if (name !== "gzip" && name !== "deflate") {
    throw new EmptyHttpError(415, "Unsupported Media Type: unsupported content-encoding")
  }
  const { gunzipSync, inflateSync } = nodeZlib()
  try {
    return (name === "gzip" ? gunzipSync : inflateSync)(body, { maxOutputLength })
  } catch (error) {
    throw new EmptyHttpError(error instanceof RangeError ? 413 : 400, "Bad Request")
  }
}
