import type { UploadedFile } from "../../arguments/arguments.js"
import { CallError } from "../../ground/call-error.js"
import type { MediaKind } from "../../world/media/media-kinds.js"

const timeoutMs = 10_000

/**
 * Returns the file behind a URL. Only URLs of this machine are fetched; for any other URL only the
 * file's name is used, because no data leaves this machine.
 */
export async function fetchFile(address: string, kind: MediaKind): Promise<UploadedFile> {
  if (!URL.canParse(address)) throw CallError.badRequest("wrong HTTP URL specified")
  const url = new URL(address)
  const name = decodeURIComponent(url.pathname.split("/").at(-1) ?? "") || kind.name
  if (!isLoopback(url.hostname)) return { name, type: kind.type, bytes: Buffer.from(address) }
  const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) }).catch(
    () => undefined,
  )
  if (response?.ok !== true) throw CallError.badRequest("failed to get HTTP URL content")
  const type = response.headers.get("content-type")?.split(";")[0] ?? ""
  if (type.startsWith("text/html")) {
    throw CallError.badRequest("wrong type of the web page content")
  }
  return { name, type: type || kind.type, bytes: Buffer.from(await response.arrayBuffer()) }
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d+){3}$/.test(host)
}
