import { InputFile } from "../telegram/input-file.js"
import { InputFileError } from "./input-file-error.js"
import { OwnedStream } from "./owned-stream.js"

/** The files whose streams were given to a call. A stream can be given to one call only, sent or not. */
const used = new WeakSet<InputFile>()

/** @throws InputFileError for a stream that was given to an earlier call */
export function expectUnused(file: InputFile): void {
  if (!used.has(file)) return
  throw new InputFileError(
    `The stream of ${file.filename} has been sent before. Make a new InputFile for every call`,
  )
}

/**
 * Marks the stream of a file as used.
 *
 * @throws InputFileError for a stream that was given to an earlier call
 */
export function markUsed(file: InputFile): void {
  expectUnused(file)
  if (file.source.kind === "stream") used.add(file)
}

/** Destroys all streams in the parameters of a failed call, at any depth. */
export function destroyStreams(params: unknown): void {
  try {
    for (const file of filesIn(params, new Set())) {
      if (file.source.kind !== "stream") continue
      used.add(file)
      void new OwnedStream(file.source.stream).destroy()
    }
  } catch {
    // The members of an object could not be read. The call has failed for this reason, and its error says so.
  }
}

function* filesIn(value: unknown, seen: Set<object>): Iterable<InputFile> {
  if (typeof value !== "object" || value === null || seen.has(value)) return
  seen.add(value)
  if (value instanceof InputFile) yield value
  else for (const member of Object.values(value)) yield* filesIn(member, seen)
}
