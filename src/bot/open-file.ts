import { errorCause, errorText } from "../ground/error-text.js"
import type { InputFile, InputFileSource } from "../telegram/input-file.js"
import { InputFileError } from "./input-file-error.js"
import { OwnedStream } from "./owned-stream.js"
import type { ReadableFile } from "./readable-file.js"

/**
 * Opens a file to upload.
 *
 * @param signal an abort ends the opening, and the download of a file from a URL
 */
export function openInputFile(file: InputFile, signal: AbortSignal): Promise<ReadableFile> {
  const { source } = file
  if (source.kind === "path") return openFromDisk(source.path)
  if (source.kind === "url") return openUrl(source.url, signal)
  return Promise.resolve(source.kind === "bytes" ? openBytes(source) : openStream(source))
}

/** Opens a file on this machine. */
export async function openFromDisk(path: string): Promise<ReadableFile> {
  const { openPath } = await import("./disk.js")
  return openPath(path)
}

type Source<Kind> = Extract<InputFileSource, { kind: Kind }>

function openBytes({ bytes }: Source<"bytes">): ReadableFile {
  return { size: bytes.length, chunks: once(bytes), async close() {} }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function openStream({ stream, size }: Source<"stream">): ReadableFile {
  const chunks = new OwnedStream(stream)
  return { size, chunks, close: () => chunks.destroy() }
}

async function openUrl(url: URL, signal: AbortSignal): Promise<ReadableFile> {
  // The length of a compressed body differs from its Content-Length header.
  const headers = { "accept-encoding": "identity" }
  const response = await fetch(url, { signal, headers }).catch((error: unknown) => {
    throw new InputFileError(`${url.href} could not be fetched (${causeOf(error)})`, {
      cause: error,
    })
  })
  if (!response.ok || !response.body) {
    await response.body?.cancel()
    throw new InputFileError(`${url.href} could not be fetched: it was answered ${response.status}`)
  }
  const chunks = new OwnedStream(response.body)
  return { size: lengthOf(response.headers), chunks, close: () => chunks.destroy() }
}

function causeOf(error: unknown): string {
  return errorText(errorCause(error) ?? error)
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length")
  return length === null || headers.has("content-encoding") ? undefined : Number(length)
}
