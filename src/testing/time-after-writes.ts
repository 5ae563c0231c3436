import type { StateStore } from "../queue/index.js"

/** The number of writes that fit between the present and the returned time. */
const writesBefore = 20

/**
 * Returns a time in milliseconds since the epoch that has not come when a few more writes have ended, on a busy machine
 * as well: the function measures a write. The first write of a store may create its tables, and is not measured.
 */
export async function timeAfterWrites(store: StateStore, leastMs: number): Promise<number> {
  const write = () =>
    store.write([{ kind: "set", key: { botId: 9, space: "test", key: "time" }, json: "1" }])
  await write()
  const beginMs = performance.now()
  await write()
  return Date.now() + Math.max(leastMs, Math.ceil(writesBefore * (performance.now() - beginMs)))
}
