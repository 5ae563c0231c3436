/**
 * Functions that read files which may be named pipes. A normal `open` of a named pipe blocks one of Node's
 * four worker threads until a program opens the pipe for writing; four such calls block all file reads and
 * DNS lookups.
 *
 * @module
 */
import { type FileHandle, open } from "node:fs/promises"
import { errorCode } from "./error-text.js"
import { nodeFs } from "./node-modules.js"
import { sleep } from "./sleep.js"

/** Milliseconds between two reads of an empty pipe. */
const pollMs = 20

/** Opens a file for reading. Does not wait for the writer of a named pipe. */
export function openForReading(path: string): Promise<FileHandle> {
  // On Windows `O_NONBLOCK` is undefined, and folders contain no named pipes.
  const { O_NONBLOCK, O_RDONLY } = nodeFs().constants
  return open(path, O_RDONLY | O_NONBLOCK)
}

/**
 * Reads the next bytes of a file: at most `maxBytes`, and none at the end of the file. Rejects if a named
 * pipe has no data for `patienceMs` milliseconds.
 */
export async function readPiece(
  file: FileHandle,
  maxBytes: number,
  patienceMs: number,
): Promise<Buffer> {
  const start = performance.now()
  const piece = Buffer.allocUnsafeSlow(maxBytes)
  for (;;) {
    try {
      const { bytesRead } = await file.read(piece, 0, maxBytes, null)
      return piece.subarray(0, bytesRead)
    } catch (cause) {
      if (errorCode(cause) !== "EAGAIN") throw cause
      if (performance.now() - start > patienceMs) {
        const seconds = patienceMs / 1000
        const message = `it is a named pipe that had no data for ${seconds} s. Name a file`
        throw new Error(message, { cause })
      }
      await sleep(pollMs)
    }
  }
}
