import type { ByteStream, InputFile, InputFileSource } from "../telegram/input-file.js"
import { InputFileError, reasonOf } from "./input-file-error.js"
import type { ReadableFile } from "./readable-file.js"

/**
 * Opens a file to upload.
 *
 * @param signal an abort ends the opening and the reading of what is fetched
 */
export function openInputFile(file: InputFile, signal: AbortSignal): Promise<ReadableFile> {
  const { source } = file
  if (source.kind === "path") return openFromDisk(source.path)
  if (source.kind === "url") return openUrl(source.url, signal)
  return Promise.resolve(source.kind === "bytes" ? openBytes(source) : openStream(source))
}

/** Opens a file of this machine. */
export async function openFromDisk(path: string): Promise<ReadableFile> {
  const { openPath } = await import("./disk.js")
  return openPath(path)
}

type Source<Kind> = Extract<InputFileSource, { kind: Kind }>

function openBytes({ bytes }: Source<"bytes">): ReadableFile {
  return { size: bytes.length, pieces: once(bytes), async close() {} }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

function openStream({ stream, size }: Source<"stream">): ReadableFile {
  return { size, pieces: iterate(stream), async close() {} }
}

async function openUrl(url: URL, signal: AbortSignal): Promise<ReadableFile> {
  // A compressed answer would have another length than its header says.
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
  const body: ReadableStream<Uint8Array> = response.body
  const close = () => (body.locked ? Promise.resolve() : body.cancel())
  return { size: lengthOf(response.headers), pieces: iterate(body), close }
}

function causeOf(error: unknown): string {
  return reasonOf(error instanceof Error && error.cause !== undefined ? error.cause : error)
}

function lengthOf(headers: Headers): number | undefined {
  const length = headers.get("content-length")
  return length === null || headers.has("content-encoding") ? undefined : Number(length)
}

/** The pieces of any stream. Web streams are not iterable everywhere, so they are read by hand. */
async function* iterate(stream: ByteStream): AsyncGenerator<Uint8Array> {
  if (!("getReader" in stream)) {
    yield* stream
    return
  }
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) break
      yield value
    }
  } finally {
    await reader.cancel()
  }
}
