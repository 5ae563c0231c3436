/**
 * Functions that read and write files on this machine. No other module of this folder needs Node's file
 * system, and the other modules import this module only when they need it.
 *
 * @module
 */
import { errorText } from "../ground/error-text.js"
import { openForReading, readPiece } from "../ground/patient-file.js"
import { type FileHandle, rename, rm, writeFile } from "node:fs/promises"
import { InputFileError } from "./input-file-error.js"
import type { ReadableFile } from "./readable-file.js"

/** The maximum size of a chunk, in bytes. */
const chunkBytes = 64 * 1024
/** Milliseconds without data after which reading a named pipe fails. */
const patienceMs = 30_000

/** Opens a file for reading. A named pipe has no `size`. Rejects for a directory. */
export async function openPath(path: string): Promise<ReadableFile> {
  const handle = await openForReading(path).catch((error: unknown) => {
    throw new InputFileError(`The file could not be opened: ${errorText(error)}`, { cause: error })
  })
  const stats = await handle.stat()
  if (stats.isDirectory()) {
    await handle.close()
    throw new InputFileError(`Expected a file to send, got a directory: ${path}`)
  }
  const size = stats.isFile() ? stats.size : undefined
  const chunks = stats.isFIFO() ? readPipe(handle) : read(handle)
  return { size, chunks, close: () => handle.close() }
}

/** Writes a file under a temporary name and renames it at the end, so that a failure leaves no partial file. */
export async function writePath(path: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const partPath = `${path}.part`
  try {
    await writeFile(partPath, chunks)
    await rename(partPath, path)
  } catch (error) {
    await rm(partPath, { force: true })
    throw error
  }
}

async function* read(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const chunk = await readPiece(handle, chunkBytes, patienceMs)
    if (chunk.length === 0) return
    yield chunk
  }
}

/** Reads a named pipe. Throws if it is empty, because a pipe without a writer reads as an empty file. */
async function* readPipe(handle: FileHandle): AsyncGenerator<Uint8Array> {
  let isEmpty = true
  for await (const chunk of read(handle)) {
    isEmpty = false
    yield chunk
  }
  if (isEmpty) throw new RangeError("it is a named pipe to which nobody writes")
}
