import type { FileHandle } from "node:fs/promises"
import { openForReading, readPiece } from "../ground/patient-file.js"

/** The longest file that is read, in bytes: longer than any chain of certificates. */
const longestBytes = 1024 * 1024
/** The longest wait for the next data of a named pipe, in milliseconds. */
const patienceMs = 5_000

/**
 * Resolves with the text of a certificate or key file. The file may be a named pipe with a writer, such as
 * the shell's `<(…)`. Rejects with the system's error if the file cannot be opened or read, with the code
 * `EISDIR` for a folder, and with an error that tells the reason for a device, for a named pipe without a
 * writer or without data, and for a file longer than 1 MiB.
 */
export async function readPemFile(path: string): Promise<string> {
  const file = await openForReading(path)
  try {
    const stats = await file.stat()
    if (stats.isDirectory()) throw Object.assign(new Error("It is a folder"), { code: "EISDIR" })
    if (stats.isFile()) return await wholeText(file)
    if (!stats.isFIFO()) throw new Error("it is a device. Name a file")
    const text = await wholeText(file)
    if (text === "") throw new Error("it is a named pipe to which nobody writes. Name a file")
    return text
  } finally {
    await file.close()
  }
}

async function wholeText(file: FileHandle): Promise<string> {
  const pieces: Buffer[] = []
  let length = 0
  while (length <= longestBytes) {
    const piece = await readPiece(file, 65_536, patienceMs)
    if (piece.length === 0) return Buffer.concat(pieces).toString("utf8")
    pieces.push(piece)
    length += piece.length
  }
  throw new Error("it is longer than 1 MiB, which no certificate and no key is. Name another file")
}
