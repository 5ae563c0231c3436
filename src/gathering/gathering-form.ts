import type { Context } from "../dispatch/context/context.js"
import type { Filter } from "../dispatch/filters/filter.js"
import type { Message, Update } from "../telegram/types.js"

/** The type of an update that can bring a part. */
export type PartType = "message" | "channel_post" | "business_message"

/** A part as it is stored: the update that has brought it, with the message as it was last edited. */
export interface StoredPart {
  readonly update: Update
  /** The time of receipt, in milliseconds since 1970. */
  readonly receivedAt: number
}

/** The parts of a gathering that waits for more. */
export interface WaitingParts {
  /** The messages, in the order of their ids. At least one. */
  readonly messages: readonly Message[]
  /** The longest time between the receipts of two parts, in milliseconds. */
  readonly longestGapMs: number
  /** Whether earlier parts were handled, so that these are late. */
  readonly isLate: boolean
}

/** The rules of one kind of gathering. */
export interface GatheringForm {
  /** The name, which is stored with each gathering. */
  readonly name: string
  /** The types of the updates that bring parts. */
  readonly types: readonly PartType[]
  /** A further condition of parts. */
  readonly filter: Filter | undefined
  /** The longest time from the first part to the last one, in milliseconds. */
  readonly maxMs: number
  /** The time for which handled parts are known, in milliseconds. */
  readonly lateMs: number
  /** The largest number of parts. */
  readonly maxParts: number
  /**
   * Returns the key of the gatherings that a message can belong to; `undefined` for a message that cannot be a
   * part.
   */
  readonly keyOf: (ctx: Context, message: Message) => string | undefined
  /** Returns whether a message with a key can be the first part. */
  readonly begins: (message: Message) => boolean
  /** Returns whether a message with the same key belongs to these parts. */
  readonly joins: (message: Message, parts: readonly Message[]) => boolean
  /** Returns the wait for a further part, in milliseconds; 0 if there will be none. */
  readonly waitMs: (parts: WaitingParts) => number
  /** Returns the values on the context of the handler. */
  readonly valuesOf: (messages: readonly Message[]) => object
}

/** The data of the own update at the end of a gathering. */
export interface EndData {
  /** The key of the stored gathering. */
  readonly key: string
  /**
   * The generation that the gathering must have. With another one, a part has arrived since, and this update
   * does nothing.
   */
  readonly generation: string
}

/** Returns the namespace of the stored gatherings, which is the name of their own updates, too. */
export function gatheringSpace({ name }: Pick<GatheringForm, "name">): string {
  return `gathering ${name}`
}
