/** Bytes that come piece by piece: a Node stream, a web stream, or any async iterable. */
export type ByteStream = AsyncIterable<Uint8Array> | ReadableStream<Uint8Array>

/** The source of an {@link InputFile}'s bytes. */
export type InputFileSource =
  | { readonly kind: "path"; readonly path: string }
  | { readonly kind: "bytes"; readonly bytes: Uint8Array }
  | { readonly kind: "stream"; readonly stream: ByteStream; readonly size?: number }
  | { readonly kind: "url"; readonly url: URL }

/** Facts about a file, next to its bytes. */
export interface InputFileOptions {
  /** The name that Telegram shows. Default: the last part of the path or URL, otherwise `file`. */
  readonly filename?: string
}

/**
 * A file to upload. It is streamed while it is sent, never read into memory as a whole.
 * A string in its place means a `file_id` or a URL that Telegram itself fetches.
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
  /** Where the bytes come from. */
  readonly source: InputFileSource

  private constructor(source: InputFileSource, filename: string) {
    this.source = source
    this.filename = filename
  }

  /** A file on this machine, opened when it is sent. */
  static path(path: string, options: InputFileOptions = {}): InputFile {
    return new InputFile({ kind: "path", path }, options.filename ?? lastPart(path))
  }

  /** Bytes in memory, or a text, sent as UTF-8. */
  static bytes(bytes: Uint8Array | string, options: InputFileOptions = {}): InputFile {
    const given = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes
    return new InputFile({ kind: "bytes", bytes: given }, options.filename ?? "file")
  }

  /**
   * Bytes as they come. Such a file can be sent once. The stream belongs to the call from now on: it
   * is destroyed when the call ends, and an error of it rejects the call.
   *
   * @param options.size how many bytes there will be, where it is known
   */
  static stream(
    stream: ByteStream,
    options: InputFileOptions & { readonly size?: number } = {},
  ): InputFile {
    keepFromEndingTheProcess(stream)
    const size = options.size === undefined ? {} : { size: options.size }
    return new InputFile({ kind: "stream", stream, ...size }, options.filename ?? "file")
  }

  /** A file that this program (not Telegram) fetches by HTTP when it is sent. */
  static url(url: string | URL, options: InputFileOptions = {}): InputFile {
    const parsed = new URL(url)
    return new InputFile(
      { kind: "url", url: parsed },
      options.filename ?? lastPart(parsed.pathname),
    )
  }
}

/** A Node stream that fails before it is read ends the process, unless somebody listens. */
function keepFromEndingTheProcess(stream: ByteStream): void {
  if ("on" in stream && typeof stream.on === "function") stream.on("error", () => {})
}

function lastPart(path: string): string {
  return path.split(/[/\\]/).findLast((part) => part !== "") ?? "file"
}
