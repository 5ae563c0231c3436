import { StateConflict } from "./state-store.js"

/** The number of conflicts after which a change is given up. */
const maxConflicts = 100

/**
 * Makes a change of the state outside of updates. If another program has changed the state at the same time,
 * makes the change again with the new values. Rejects with the last `StateConflict` after 100 of them.
 *
 * @param change reads the values and stores the new ones
 */
export async function untilNoConflict<T>(change: () => Promise<T>): Promise<T> {
  for (let conflicts = 1; ; conflicts += 1) {
    try {
      return await change()
    } catch (error) {
      if (!(error instanceof StateConflict) || conflicts >= maxConflicts) throw error
    }
  }
}
