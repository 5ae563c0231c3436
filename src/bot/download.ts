import { ApiError, NetworkError } from "../telegram/errors.js"
import type { File } from "../telegram/types.js"
import type { Attempt } from "./attempt.js"
import type { Exchange } from "./exchange.js"
import { openFromDisk } from "./open-file.js"
import type { ReadableFile } from "./readable-file.js"

/**
 * A file of Telegram's on its way here. It can be received once: piece by piece, or by one of its
 * methods. One that is not wanted after all has to be disposed of, or its connection stays open.
 *
 * Receiving rejects with a `NetworkError` when it breaks off or nothing comes for the call's
 * `timeoutMs`, and with the signal's reason after an abort.
 */
export class Download implements AsyncIterable<Uint8Array>, AsyncDisposable {
  /** What Telegram says of the file. */
  readonly file: File
  /** How many bytes there are; `undefined` where nobody says so. */
  readonly size: number | undefined
  readonly #opened: ReadableFile
  readonly #attempt: Attempt
  #isTaken = false

  /** Made by `bot.download`. */
  constructor(file: File, opened: ReadableFile, attempt: Attempt) {
    this.file = file
    this.size = opened.size ?? file.file_size
    this.#opened = opened
    this.#attempt = attempt
  }

  /** The pieces as they come. Leaving the loop closes the connection. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void> {
    if (this.#isTaken) throw new TypeError("A download can be received only once.")
    this.#isTaken = true
    const { deadline } = this.#attempt
    const pieces = this.#opened.pieces[Symbol.asyncIterator]()
    try {
      for (;;) {
        deadline.resume()
        const { done, value } = await this.#attempt.run(() => pieces.next())
        deadline.pause()
        if (done) return
        yield value
      }
    } finally {
      await this[Symbol.asyncDispose]()
    }
  }

  /** All of it, in memory. */
  async bytes(): Promise<Uint8Array> {
    const pieces: Uint8Array[] = []
    for await (const piece of this) pieces.push(piece)
    const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
    let at = 0
    for (const piece of pieces) {
      whole.set(piece, at)
      at += piece.length
    }
    return whole
  }

  /** Writes it to this machine's disk. It appears under its name only when it is whole. */
  async toFile(path: string): Promise<void> {
    const { writePath } = await import("./disk.js")
    await writePath(path, this)
  }

  /** Gives up what has not been received. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isTaken = true
    await this.#opened.close()
    this.#attempt.end()
  }
}

/** Begins to receive a file of which the path is known. */
export async function openDownload(
  file: File,
  parts: { readonly exchange: Exchange; readonly attempt: Attempt; readonly localMode: boolean },
): Promise<Download> {
  const { attempt, exchange, localMode } = parts
  try {
    const opened = await attempt.run(() =>
      localMode && isAbsolute(file.file_path)
        ? openFromDisk(file.file_path)
        : openRemote(file, exchange, attempt),
    )
    attempt.deadline.pause()
    return new Download(file, opened, attempt)
  } catch (error) {
    attempt.deadline.cancel()
    throw error
  }
}

function isAbsolute(path: string | undefined): path is string {
  return path !== undefined && /^(\/|[A-Za-z]:[\\/])/.test(path)
}

async function openRemote(file: File, exchange: Exchange, attempt: Attempt): Promise<ReadableFile> {
  const path = file.file_path
  if (path === undefined) throw new NetworkError("download", "Telegram named no path for the file")
  if (isAbsolute(path)) throw new NetworkError("download", fromLocalServer)
  const { status, headers, body } = await exchange.openFile(path, attempt)
  const close = async () => attempt.deadline.cancel()
  if (status !== 200) throw refusal(status)
  const length = headers["content-length"]
  const size = typeof length === "string" ? Number(length) : undefined
  return { size, pieces: body, close }
}

const fromLocalServer =
  "The Bot API server runs with --local and serves no files: give the bot `localMode: true`"

function refusal(errorCode: number): Error {
  if (errorCode === 404) {
    const details = { method: "download", errorCode, description: "Not Found" }
    return new ApiError(details, "api-error", "A file's path is good for an hour: use its file_id")
  }
  return new NetworkError("download", `The file was answered with status ${errorCode}`)
}
