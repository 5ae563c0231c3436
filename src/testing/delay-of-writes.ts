import type { StateStore } from "../queue/index.js"

/** The number of writes that fit into the returned delay. */
const writesWithin = 20

/**
 * Returns a delay in milliseconds in which a few more writes end, on a busy machine as well: the function measures a
 * write. The first write of a store may create its tables, and is not measured.
 */
export async function delayOfWrites(store: StateStore, leastMs: number): Promise<number> {
  const write = () =>
    store.write([{ kind: "set", key: { botId: 9, space: "test", key: "time" }, json: "1" }])
  await write()
  const beginMs = performance.now()
  await write()
  return Math.max(leastMs, Math.ceil(writesWithin * (performance.now() - beginMs)))
}
