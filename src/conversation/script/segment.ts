import type { Update } from "../../telegram/types.js"
import type { Outcome } from "./outcome.js"

/** The stored form of a {@link Segment}. */
export interface SegmentRecord {
  /** The update with which the segment begins: of the entry, of an answer, or of a time-out. */
  readonly update: Update
  /** The time at which the queue received the update, in milliseconds since 1970. */
  readonly receivedAt: number
  /** The name of the wait that the update has ended. */
  readonly wait?: string | undefined
  /** The output of the schema that has checked the answer. */
  readonly output?: unknown
  /** The time at which the wait was over, in milliseconds since 1970; present for a time-out. */
  readonly dueAt?: number
  /** The outcomes of the operations, in their order, by kind and name. */
  readonly entries: { [key: string]: (Outcome | null)[] }
}

/** The results of steps by key; `null` for a step without a result. */
export interface Steps {
  readonly [key: string]: readonly (Outcome | null)[]
}

/** The part of a script's run from an update to the next wait, or to the end. */
export class Segment {
  readonly record: SegmentRecord
  readonly #counts = new Map<string, number>()

  constructor(record: SegmentRecord) {
    this.record = record
  }

  /** The number of recorded outcomes. */
  get size(): number {
    return Object.values(this.record.entries).reduce((sum, { length }) => sum + length, 0)
  }

  /** Counts an operation. Returns the number of earlier operations of its kind and name. */
  count(key: string): number {
    const index = this.#counts.get(key) ?? 0
    this.#counts.set(key, index + 1)
    return index
  }

  /** Returns the recorded outcomes of a kind and name. */
  outcomes(key: string): readonly (Outcome | null | undefined)[] {
    return this.record.entries[key] ?? []
  }

  /** Records an outcome. */
  add(key: string, index: number, outcome: Outcome): void {
    ;(this.record.entries[key] ??= [])[index] = outcome
  }
}

/** Returns the results of the steps of a segment. A step that has failed may be made again. */
export function stepsOf({ record }: Segment): Steps {
  const steps = Object.entries(record.entries).filter(([key]) => key.startsWith("step "))
  return Object.fromEntries(
    steps.map(([key, outcomes]) => [
      key,
      Array.from(outcomes, (outcome) => (outcome && !("error" in outcome) ? outcome : null)),
    ]),
  )
}
