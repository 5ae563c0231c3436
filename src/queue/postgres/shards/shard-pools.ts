import { expectOptionsObject, unexpectedOption } from "../../../ground/expect-option.js"
import { expectPool } from "../postgres-queue-options.js"
import type { PostgresPool } from "../postgres-pool.js"
import type { SlotRule } from "./slots.js"

/** The pools of a shard: a database of a `ShardedQueue`. */
export interface ShardPools {
  /** A pool as in `PostgresQueueOptions.pool`. */
  readonly pool: PostgresPool
  /** A pool as in `PostgresQueueOptions.listen`. Without it, this shard is polled. */
  readonly listen?: PostgresPool
}

/** The shards of a `ShardedQueue` by their names. A name never changes, and the order is without effect. */
export type Shards = Readonly<Record<string, ShardPools>>

/** A shard with its name. */
export interface NamedShard extends ShardPools {
  readonly name: string
}

/** Checks the option `shards`. Throws a `TypeError` unless each shard has a name and a pool. */
export function expectShards(shards: Shards): readonly NamedShard[] {
  if (typeof shards !== "object" || shards === null || Array.isArray(shards)) {
    unexpectedOption("shards", "an object with the pools of each shard by its name", shards)
  }
  const named = Object.entries(shards).map(([name, pools]) => {
    expectOptionsObject(pools, "shards: { one: { pool } }", { pool: true, listen: true })
    expectPool(`shards.${name}.pool`, pools.pool, 1)
    return { name, ...pools }
  })
  if (named.length === 0) unexpectedOption("shards", "at least one shard", shards)
  return named.toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/** Checks the option `by` and returns its value. Default: `"bot"`. */
export function expectRule(by: unknown): SlotRule {
  if (by === undefined) return "bot"
  return by === "bot" || by === "lane" ? by : unexpectedOption("by", '"bot" or "lane"', by)
}
