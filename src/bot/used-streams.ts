import { InputFile } from "../telegram/input-file.js"
import { InputFileError } from "./input-file-error.js"
import { OwnedStream } from "./owned-stream.js"

/** The files whose streams belong to a call, sent or not: there is no second time. */
const used = new WeakSet<InputFile>()

/** @throws InputFileError for a stream that has been given to a call before */
export function expectUnused(file: InputFile): void {
  if (!used.has(file)) return
  throw new InputFileError(
    `The stream of ${file.filename} has been sent before. Make a new InputFile for every call`,
  )
}

/**
 * Marks the stream of a file as used.
 *
 * @throws InputFileError for one that has been given to a call before
 */
export function useStream(file: InputFile): void {
  expectUnused(file)
  if (file.source.kind === "stream") used.add(file)
}

/** Destroys the streams in the parameters of a call that failed, wherever they are. */
export function destroyStreams(params: unknown): void {
  try {
    for (const file of filesIn(params, new Set())) {
      if (file.source.kind !== "stream") continue
      used.add(file)
      void new OwnedStream(file.source.stream).destroy()
    }
  } catch {
    // An object whose members cannot be read: the call has failed for that, and says so.
  }
}

function* filesIn(value: unknown, seen: Set<object>): Iterable<InputFile> {
  if (typeof value !== "object" || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof InputFile) yield value
  else for (const member of Object.values(value)) yield* filesIn(member, seen)
}
