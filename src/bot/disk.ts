/**
 * Reading and writing of files on this machine. Only this file of the floor needs Node's file system, and
 * it is loaded at the first use.
 *
 * @module
 */
import { errorText } from "../ground/error-text.js"
import { type FileHandle, open, rename, rm, writeFile } from "node:fs/promises"
import { InputFileError } from "./input-file-error.js"
import type { ReadableFile } from "./readable-file.js"

const pieceBytes = 64 * 1024

/** Opens a file for reading. Reading rejects where the size of the file changes meanwhile. */
export async function openPath(path: string): Promise<ReadableFile> {
  const handle = await open(path, "r").catch((error: unknown) => {
    throw new InputFileError(`The file could not be opened: ${errorText(error)}`, { cause: error })
  })
  const stats = await handle.stat()
  if (stats.isDirectory()) {
    await handle.close()
    throw new InputFileError(`Expected a file to send, got a directory: ${path}`)
  }
  const size = stats.isFile() ? stats.size : undefined
  return { size, pieces: read(handle), close: () => handle.close() }
}

/** Writes a file under a temporary name and renames it at the end, so that a failure leaves no partial file. */
export async function writePath(path: string, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  const unfinished = `${path}.part`
  try {
    await writeFile(unfinished, pieces)
    await rename(unfinished, path)
  } catch (error) {
    await rm(unfinished, { force: true })
    throw error
  }
}

async function* read(handle: FileHandle): AsyncGenerator<Uint8Array> {
  for (;;) {
    const piece = Buffer.allocUnsafeSlow(pieceBytes)
    const { bytesRead } = await handle.read(piece, 0, pieceBytes, null)
    if (bytesRead === 0) return
    yield piece.subarray(0, bytesRead)
  }
}
