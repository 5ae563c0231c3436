import { ApiError, NetworkError } from "../telegram/errors.js"
import type { File } from "../telegram/types.js"
import type { ServerRequest } from "./server-request.js"
import type { Exchange } from "./exchange.js"
import { openFromDisk } from "./open-file.js"
import type { ReadableFile } from "./readable-file.js"

/**
 * A running download of a file. The bytes can be received once: by iteration, or by one of the methods.
 * Dispose of a download that is not received, otherwise its connection stays open.
 *
 * Receiving rejects with a `NetworkError` if the connection is lost or no byte comes for the call's
 * `timeoutMs`, and with the signal's reason after an abort.
 */
export class Download implements AsyncIterable<Uint8Array>, AsyncDisposable {
  /** The file, as `getFile` returned it. */
  readonly file: File
  /** The size in bytes; `undefined` if neither Telegram nor the server reports it. */
  readonly size: number | undefined
  readonly #opened: ReadableFile
  readonly #request: ServerRequest
  /** Whether receiving has begun, or the download was disposed of. */
  #isUsed = false

  /** Only `bot.download` creates downloads. */
  constructor(file: File, opened: ReadableFile, request: ServerRequest) {
    this.file = file
    this.size = opened.size ?? file.file_size
    this.#opened = opened
    this.#request = request
  }

  /** Yields the bytes in chunks as they arrive. Leaving the loop closes the connection. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#isUsed) throw new TypeError("A download can be received only once.")
    this.#isUsed = true
    const { deadline } = this.#request
    const chunks = this.#opened.chunks[Symbol.asyncIterator]()
    try {
      for (;;) {
        deadline.resume()
        const { done, value } = await this.#request.run(() => chunks.next())
        deadline.pause()
        if (done) return
        yield value
      }
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  /** Receives the whole file into memory. */
  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = []
    for await (const chunk of this) chunks.push(chunk)
    const whole = new Uint8Array(chunks.reduce((sum, chunk) => sum + chunk.length, 0))
    let offset = 0
    for (const chunk of chunks) {
      whole.set(chunk, offset)
      offset += chunk.length
    }
    return whole
  }

  /** Writes the file to disk. The file appears under its name only when it is complete. */
  async toFile(path: string): Promise<void> {
    const { writePath } = await import("./disk.js")
    await writePath(path, this)
  }

  /** Ends the download, and discards the rest. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isUsed = true
    await this.#opened.close()
    this.#request.end()
  }
}

/** Starts the download of a file whose path is known. */
export async function openDownload(
  file: File,
  parts: {
    readonly exchange: Exchange
    readonly request: ServerRequest
    readonly localMode: boolean
  },
): Promise<Download> {
  const { request, exchange, localMode } = parts
  try {
    const opened = await request.run(() =>
      localMode && isAbsolute(file.file_path)
        ? openFromDisk(file.file_path)
        : openRemote(file, exchange, request),
    )
    request.deadline.pause()
    return new Download(file, opened, request)
  } catch (error) {
    request.deadline.cancel()
    throw error
  }
}

function isAbsolute(path: string | undefined): path is string {
  return path !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(path)
}

async function openRemote(
  file: File,
  exchange: Exchange,
  request: ServerRequest,
): Promise<ReadableFile> {
  const path = file.file_path
  if (path === undefined) throw new NetworkError("download", "Telegram sent no path for the file")
  if (isAbsolute(path)) throw new NetworkError("download", localModeAdvice)
  const { status, headers, body } = await exchange.openFile(path, request)
  // Cancelling the request closes its connection.
  const close = async () => request.deadline.cancel()
  if (status !== 200) throw refusal(status)
  const length = headers["content-length"]
  const size = typeof length === "string" ? Number(length) : undefined
  return { size, chunks: body, close }
}

const localModeAdvice =
  "The Bot API server runs with --local and serves no files: give the bot `localMode: true`"

function refusal(errorCode: number): Error {
  if (errorCode === 404) {
    const details = { method: "download", errorCode, description: "Not Found" }
    return new ApiError(
      details,
      "api-error",
      "The path of a file is valid for an hour: use its file_id, for which Telegram gives a new path",
    )
  }
  return new NetworkError(
    "download",
    `The request for the file was answered with status ${errorCode}`,
  )
}
