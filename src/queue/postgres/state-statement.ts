import { expectWrites } from "../expect-writes.js"
import {
  type OwnPut,
  StateConflict,
  type StateDelete,
  type StateKey,
  type StateSet,
  type StateWrite,
  type TimerCancel,
} from "../state-store.js"
import { shortName, storedLane } from "./short-name.js"

/**
 * The length up to which a namespace, a key or a timer's name is stored in full. An index entry contains the
 * namespace and the key, which have up to three bytes per character.
 */
const longestName = 400

/** Writes in the form in which the function `write_state` expects them. */
export interface StoredWrites {
  /** The writes of values as the text of a JSON array. */
  readonly json: string
  /** The keys of the values, in the same order. */
  readonly keys: readonly StateKey[]
  /** The own updates and timers as the text of a JSON array; absent for none. */
  readonly own?: string | undefined
}

/**
 * The conflicts that `write_state` returns: the number of an ending and the number of its write, both
 * counted from 1.
 */
export type ConflictPairs = readonly (readonly [ending: number, write: number])[]

/** The part of an ending that `write_state` needs. */
interface EndingWithWrites {
  readonly writes?: StoredWrites | undefined
}

/**
 * Checks writes and converts them, so that later changes by the caller have no effect. Returns
 * `undefined` for no writes. Throws a `TypeError` for a wrong write.
 */
export function storedWrites(writes: readonly StateWrite[]): StoredWrites | undefined {
  if (writes.length === 0) return undefined
  expectWrites(writes)
  const values = writes.filter((write) => "key" in write)
  const own = writes.flatMap((write) => ("key" in write ? [] : [storedOwn(write)]))
  return {
    json: JSON.stringify(values.map(storedValue)),
    keys: values.map(({ key }) => ({ ...key })),
    own: own.length === 0 ? undefined : JSON.stringify(own),
  }
}

function storedValue(write: StateSet | StateDelete): object {
  const { botId, space, key } = storedKey(write.key)
  const { json, expiresAt } = write.kind === "set" ? write : {}
  const place = { bot_id: botId, space, key }
  return { ...place, json, expires_at: expiresAt, if_version: write.ifVersion }
}

function storedOwn(write: OwnPut | TimerCancel): object {
  const { botId, timer } = write
  const named = {
    bot_id: botId,
    timer: timer === undefined ? timer : shortName(timer, longestName),
  }
  if (write.kind === "cancel") return named
  const { own, dueAt = 0 } = write
  // PostgreSQL cannot store NUL, which valid JSON text never contains.
  return { ...named, lane: storedLane(own.lane), own: JSON.stringify(own), due_at: dueAt }
}

/** Returns a key in the form in which it is stored. */
export function storedKey({ botId, space, key }: StateKey): StateKey {
  return { botId, space: shortName(space, longestName), key: shortName(key, longestName) }
}

/** Returns the argument of `write_state` for some endings; `null` if none of them has writes. */
export function writesOfEndings(endings: readonly EndingWithWrites[]): string | null {
  const texts: string[] = []
  endings.forEach(({ writes }, index) => {
    if (!writes) return
    const own = writes.own === undefined ? "" : `,"own":${writes.own}`
    texts.push(`{"ending":${index + 1},"writes":${writes.json}${own}}`)
  })
  return texts.length === 0 ? null : `[${texts.join(",")}]`
}

const noConflicts: ReadonlyMap<number, StateConflict> = new Map()

/** Returns the conflicts that `write_state` has returned, by the number of the ending. */
export function conflictsOf(
  pairs: ConflictPairs | null | undefined,
  endings: readonly EndingWithWrites[],
): ReadonlyMap<number, StateConflict> {
  if (!pairs || pairs.length === 0) return noConflicts
  return new Map(
    pairs.map(([ending, write]) => {
      const key = endings[ending - 1]?.writes?.keys[write - 1]
      if (!key) throw new RangeError(`The database returned a conflict of unknown write ${write}`)
      return [ending, new StateConflict(key)]
    }),
  )
}
