import { CallError } from "../ground/call-error.js"

/** The parsed path of a call. */
export interface CallTarget {
  readonly kind: "call"
  readonly token: string
  /** The method; empty if a parameter names it. */
  readonly method: string
  /** The query string without its question mark. */
  readonly query: string
}

/** The parsed path of a file. */
export interface FileTarget {
  readonly kind: "file"
  readonly token: string
  readonly path: string
}

/** Parses the target of a request. Throws 404 with Telegram's text. */
export function parseTarget(target: string): CallTarget | FileTarget {
  if (!target.startsWith("/")) {
    throw new CallError(404, "Not Found: absolute URI is specified in the Request-Line")
  }
  const [, path = "", query = ""] = /^([^?#]*)\??([^#]*)/.exec(target) ?? []
  const decoded = decode(path)
  const file = /^\/file\/bot([^/]+)\/(.+)$/s.exec(decoded)
  if (file !== null) return { kind: "file", token: file[1] ?? "", path: file[2] ?? "" }
  const call = /^\/bot([^/]*)\/(test\/)?(.*)$/s.exec(decoded)
  if (call === null) throw new CallError(404, "Not Found")
  const [, token = "", test = "", method = ""] = call
  return { kind: "call", token: test + token, method, query }
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path)
  } catch {
    return path
  }
}
