import { Unhandleable } from "../dispatch/handlers/unhandleable.js"
import { updateMessage } from "../telegram/update-facts.js"
import type { Message } from "../telegram/types.js"
import type { StoredPart } from "./gathering-form.js"

/** The version of the stored form. */
const formVersion = 1
/** The maximum length of a stored gathering, in UTF-16 code units. */
const maxLength = 256 * 1024

/** A gathering as it is stored. */
export interface StoredGathering {
  /** A text that is different after each part. */
  readonly generation: string
  /** The beginning of the wait for the next part, in milliseconds since 1970. */
  readonly since: number
  /** The planned time of the end, in milliseconds since 1970. */
  readonly dueAt: number
  /** The parts that wait for the handler, in the order of their message ids. */
  readonly parts: readonly StoredPart[]
  /** The parts that were handled before; absent for none. */
  readonly handled?: readonly StoredPart[]
  /** Whether the end was put off, because it came too late. */
  readonly isPutOff?: boolean
  /** Whether the parts have a key of their own, where no further part joins them. */
  readonly isApart?: boolean
}

/** Returns the text to store. */
export function gatheringText(gathering: StoredGathering): string {
  return JSON.stringify({ form: formVersion, ...gathering })
}

/** Returns whether a part fits into the maximum length of a stored gathering. */
export function hasRoom(gathering: StoredGathering, next: StoredPart): boolean {
  return gatheringText(gathering).length + JSON.stringify(next).length <= maxLength
}

/**
 * Returns the gathering of a stored text.
 *
 * @throws Unhandleable for the form of another version of Sounder
 */
export function parseGathering(name: string, text: string): StoredGathering {
  // The text is one that `gatheringText` has returned, in this version of Sounder or in another one.
  const { form, ...gathering } = JSON.parse(text) as StoredGathering & { readonly form: number }
  if (form === formVersion) return gathering
  throw new Unhandleable(
    `A stored gathering of ${name} has the form ${form}, which this version of Sounder does not know`,
  )
}

/** Returns the parts with another one, in the order of their message ids. A part with the same id is replaced. */
export function withPart(parts: readonly StoredPart[], part: StoredPart): StoredPart[] {
  const { message_id: id } = messageOf(part)
  const others = parts.filter((other) => messageOf(other).message_id !== id)
  return [...others, part].toSorted((a, b) => messageOf(a).message_id - messageOf(b).message_id)
}

/** Returns the message of a part. */
export function messageOf({ update }: StoredPart): Message {
  // Only updates with a message are stored as parts.
  return updateMessage(update) as Message
}

/** Returns the longest time between the receipts of two parts, in milliseconds. */
export function longestGapMs(parts: readonly StoredPart[]): number {
  const times = parts.map(({ receivedAt }) => receivedAt).toSorted((a, b) => a - b)
  return Math.max(0, ...times.slice(1).map((time, index) => time - (times[index] ?? time)))
}

/** Returns the time since the receipt of the first part, in milliseconds. */
export function ageOfParts(parts: readonly StoredPart[], now: number): number {
  return now - Math.min(...parts.map(({ receivedAt }) => receivedAt))
}
