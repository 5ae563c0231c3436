import type { StateConflict, StateWrite } from "../state-store.js"
import type { StoredPlace } from "./update-rows.js"
import type { Rows } from "./update-store.js"

/**
 * Makes the writes of an update, all or none, within the transaction. Returns a conflict if a value does not
 * have the expected version.
 *
 * @param added gets the places of the own updates that the writes put
 */
export function makeWrites(
  { state, timers }: Rows,
  writes: readonly StateWrite[],
  { now, added }: { readonly now: number; readonly added: StoredPlace[] },
): StateConflict | undefined {
  const values = writes.filter((write) => "key" in write)
  const conflict = state.write(values, now)
  if (conflict) return conflict
  for (const write of writes) {
    const place = "key" in write ? undefined : timers.write(write, now)
    if (place) added.push(place)
  }
  return undefined
}
