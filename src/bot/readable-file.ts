/** An open file. */
export interface ReadableFile {
  /** The size in bytes; `undefined` if the size is not known before the end. */
  readonly size: number | undefined
  /** The bytes in chunks, which can be read once. */
  readonly chunks: AsyncIterable<Uint8Array>
  /** Closes the file, whether it was read or not. */
  close(): Promise<void>
}
