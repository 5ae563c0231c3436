/**
 * Files that may be named pipes. Opening one in the usual way takes a thread of this process until
 * somebody writes to it; four of them, and no file is read and no name looked up any more.
 *
 * @module
 */
import { constants } from "node:fs"
import { type FileHandle, open } from "node:fs/promises"
import { errorCode } from "./error-text.js"
import { sleep } from "./sleep.js"

const gapMs = 20

/** Opens a file for reading, and waits for no writer of a named pipe. */
export function openForReading(path: string): Promise<FileHandle> {
  // Windows does not know the second flag, and has no such pipes in its folders.
  return open(path, constants.O_RDONLY | constants.O_NONBLOCK)
}

/**
 * Reads the next piece of a file, which is empty at its end. Rejects where a named pipe is silent for
 * `patienceMs` milliseconds.
 */
export async function readPiece(
  file: FileHandle,
  mostBytes: number,
  patienceMs: number,
): Promise<Buffer> {
  const start = performance.now()
  const piece = Buffer.allocUnsafeSlow(mostBytes)
  for (;;) {
    try {
      const { bytesRead } = await file.read(piece, 0, mostBytes, null)
      return piece.subarray(0, bytesRead)
    } catch (cause) {
      if (errorCode(cause) !== "EAGAIN") throw cause
      if (performance.now() - start > patienceMs) {
        const seconds = patienceMs / 1000
        const message = `it is a named pipe to which nobody has written for ${seconds} s. Name a file`
        throw new Error(message, { cause })
      }
      await sleep(gapMs)
    }
  }
}
