import { callerError } from "../ground/call-place.js"
import { expectOptionsObject, type OptionNames } from "../ground/expect-option.js"

/** A stream of bytes: a Node stream, a web stream, or any other async iterable of `Uint8Array`s. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** The source of an {@link InputFile}'s bytes. */
export type InputFileSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly stream: ByteStream; readonly size?: number }
  | { readonly kind: "url"; readonly url: URL }

/** Options of an {@link InputFile}. */
export interface InputFileOptions {
  /** The name that Telegram shows. Default: the last part of the path or URL, otherwise `file`. */
  readonly filename?: string
}

const optionNames: OptionNames<InputFileOptions> = { filename: true }

/**
 * A file to upload. Its bytes are streamed, so that the file need not fit into memory. A string in place
 * of an `InputFile` is a `file_id`, or a URL from which Telegram fetches the file.
 *
 * @example
 * ```ts
 * import { InputFile } from "sounder"
 *
 * const file = InputFile.path("cert.pem")
 * ```
 * @see https://core.telegram.org/bots/api#inputfile
 */
export class InputFile {
  /** The name that Telegram shows. */
  readonly filename: string
  /** The source of the bytes. */
  readonly source: InputFileSource

  private constructor(source: InputFileSource, filename: string) {
    expectSource(source)
    this.source = source
    this.filename = filename
  }

  /** Returns a file on this machine, which is opened when it is sent. */
  static path(path: string, options: InputFileOptions = {}): InputFile {
    expectOptionsObject(options, "InputFile.path(path, { filename })", optionNames)
    return new InputFile({ kind: "path", path }, options.filename ?? lastPart(path))
  }

  /** Returns a file with bytes in memory, or with a text that is sent as UTF-8. */
  static bytes(bytes: Uint8Array | string, options: InputFileOptions = {}): InputFile {
    expectOptionsObject(options, "InputFile.bytes(bytes, { filename })", optionNames)
    const encoded = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes
    return new InputFile({ kind: "bytes", bytes: encoded }, options.filename ?? "file")
  }

  /**
   * Returns a file with the bytes of a stream, which can be sent once. The call that sends the file destroys
   * the stream at its end, and rejects if the stream fails.
   *
   * @param options.size the number of bytes, if it is known
   */
  static stream(
    stream: ByteStream,
    options: InputFileOptions & { readonly size?: number } = {},
  ): InputFile {
    const names = { ...optionNames, size: true } as const
    expectOptionsObject(options, "InputFile.stream(stream, { size })", names)
    ignoreEarlyError(stream)
    const size = options.size === undefined ? {} : { size: options.size }
    return new InputFile({ kind: "stream", stream, ...size }, options.filename ?? "file")
  }

  /** Returns a file that this program, not Telegram, fetches from a URL when it is sent. */
  static url(url: string | URL, options: InputFileOptions = {}): InputFile {
    expectOptionsObject(options, "InputFile.url(url, { filename })", optionNames)
    const parsed = new URL(url)
    return new InputFile(
      { kind: "url", url: parsed },
      options.filename ?? lastPart(parsed.pathname),
    )
  }
}

/** Throws for a call of the constructor in JavaScript, with the arguments that the `InputFile` of grammY takes. */
function expectSource(source: unknown): void {
  if (typeof source === "object" && source !== null && "kind" in source) return
  throw callerError(
    "Expected `InputFile.path(…)`, `InputFile.bytes(…)`, `InputFile.stream(…)` or `InputFile.url(…)` in place of `new InputFile(…)`.",
  )
}

/** Adds an `error` listener: without one, a Node stream that fails before it is read ends the process. */
function ignoreEarlyError(stream: ByteStream): void {
  if ("on" in stream && typeof stream.on === "function") stream.on("error", () => {})
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== "") ?? "file"
}
