/** A file that is ready to be read. */
export interface ReadableFile {
  /** How many bytes it holds; `undefined` where that is not known beforehand. */
  readonly size: number | undefined
  /** Its bytes, to be read once. */
  readonly pieces: AsyncIterable<Uint8Array>
  /** Lets go of it, read or not. */
  close(): Promise<void>
}
