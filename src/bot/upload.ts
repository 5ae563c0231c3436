import { errorText } from "../ground/error-text.js"
import type { InputFile } from "../telegram/input-file.js"
import type { Deadline } from "./deadline.js"
import type { EncodedParameters, FilePart } from "./encode-parameters.js"
import { InputFileError } from "./input-file-error.js"
import { openInputFile } from "./open-file.js"
import type { ReadableFile } from "./readable-file.js"
import { expectUnused, markUsed } from "./used-streams.js"

const encoder = new TextEncoder()

/** The slowest expected speed at which a Bot API server passes a file on to Telegram: a megabyte per second. */
const slowestBytesPerMs = 1000

/** A part of the form with an opened file. */
interface OpenPart {
  /** The boundary and the headers in front of the file's bytes. */
  readonly head: Uint8Array
  readonly file: InputFile
  readonly opened: ReadableFile
}

/**
 * The parameters of a call as a stream of `multipart/form-data`. Only one chunk of one file is in memory at a
 * time. All files are opened before the first byte is sent, so if a file is missing, nothing is sent.
 */
export class Upload implements AsyncDisposable {
  /** The header fields of the request, with `content-length` if the sizes of all files are known. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of the request. */
  readonly body: AsyncGenerator<Uint8Array, void, void>
  readonly #fields: Uint8Array
  readonly #parts: readonly OpenPart[]
  readonly #end: Uint8Array
  readonly #deadline: Deadline
  #failure: InputFileError | undefined
  /** The number of bytes of files that were sent. */
  #sent = 0

  private constructor(
    content: { boundary: string; fields: string; parts: readonly OpenPart[] },
    deadline: Deadline,
  ) {
    this.#fields = encoder.encode(content.fields)
    this.#parts = content.parts
    this.#end = encoder.encode(`\r\n--${content.boundary}--\r\n`)
    this.#deadline = deadline
    this.body = this.#chunks()
    this.headers = {
      "content-type": `multipart/form-data; boundary=${content.boundary}`,
      ...this.#lengthHeader(),
    }
  }

  /**
   * Opens the files of a call.
   *
   * @param deadline the time limit of the call. Each chunk sent restarts it; an abort ends the opening of files
   * @throws InputFileError for a file that cannot be read, or a stream that was sent before
   */
  static async open(parameters: EncodedParameters, deadline: Deadline): Promise<Upload> {
    const boundary = `sounder-${crypto.randomUUID()}`
    const fields = Object.entries(parameters.fields).map(([name, value]) =>
      partOf(boundary, name, "", typeof value === "string" ? value : JSON.stringify(value)),
    )
    for (const { file } of parameters.files) expectUnused(file)
    const parts = await openAll(boundary, parameters.files, deadline.signal)
    return new Upload({ boundary, fields: fields.join(""), parts }, deadline)
  }

  /** The error of the file that interrupted the body; `undefined` if no file failed. */
  get failure(): InputFileError | undefined {
    return this.#failure
  }

  async *#chunks(): AsyncGenerator<Uint8Array, void, void> {
    yield this.#fields
    for (const part of this.#parts) {
      yield part.head
      yield* this.#chunksOf(part)
    }
    // A self-hosted Bot API server answers only after it has passed the files on to Telegram.
    this.#deadline.resume(this.#sent / slowestBytesPerMs)
    yield this.#end
  }

  /** Closes the files and destroys the streams. */
  async [Symbol.asyncDispose](): Promise<void> {
    // Not awaited: the generator of a stalled stream returns only after the next chunk.
    this.body.return().catch(() => {})
    await closeAll(this.#parts)
  }

  async *#chunksOf({ file, opened }: OpenPart): AsyncGenerator<Uint8Array> {
    let sent = 0
    try {
      markUsed(file)
      for await (const chunk of opened.chunks) {
        sent += expectBytes(chunk).length
        if (opened.size !== undefined && sent > opened.size) break
        this.#deadline.resume()
        this.#sent += chunk.length
        yield chunk
      }
      if (opened.size !== undefined) expectSize(opened.size, sent)
    } catch (error) {
      const message = `${file.filename} could not be sent: ${errorText(error)}`
      this.#failure = new InputFileError(message, { cause: error })
      throw this.#failure
    }
  }

  #lengthHeader(): Readonly<Record<string, string>> {
    let length = this.#fields.length + this.#end.length
    for (const { head, opened } of this.#parts) length += head.length + (opened.size ?? Number.NaN)
    return Number.isNaN(length) ? {} : { "content-length": String(length) }
  }
}

async function openAll(
  boundary: string,
  files: readonly FilePart[],
  signal: AbortSignal,
): Promise<OpenPart[]> {
  const parts: OpenPart[] = []
  try {
    for (const { name, file } of files) {
      const head = partOf(boundary, name, `; filename="${escapeName(file.filename)}"`)
      const opened = await openInputFile(file, signal)
      parts.push({ head: encoder.encode(head), file, opened })
    }
    return parts
  } catch (error) {
    await closeAll(parts)
    throw error
  }
}

async function closeAll(parts: readonly OpenPart[]): Promise<void> {
  await Promise.allSettled(parts.map(({ opened }) => opened.close()))
}

function partOf(boundary: string, name: string, filename: string, value?: string): string {
  const type = filename ? "\r\ncontent-type: application/octet-stream" : ""
  const disposition = `content-disposition: form-data; name="${escapeName(name)}"${filename}`
  return `\r\n--${boundary}\r\n${disposition}${type}\r\n\r\n${value ?? ""}`
}

/** Escapes a name for Telegram, which reads backslash escapes in quoted names and then decodes percent-encoding. */
function escapeName(name: string): string {
  return name.replaceAll(/[%\\"\r\n]/g, encodeURIComponent)
}

function expectBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk
  throw new TypeError(`Expected the stream to yield Uint8Arrays, got a ${typeof chunk}`)
}

function expectSize(expected: number, sent: number): void {
  if (sent === expected) return
  const read = sent > expected ? "more" : `only ${sent}`
  throw new RangeError(`the file had ${expected} bytes when it was opened, and ${read} were read`)
}
