import {
  expectBoolean,
  expectOptionsObject,
  unexpectedOption,
  type OptionNames,
} from "../../../ground/expect-option.js"
import {
  expectOptionsWithoutPools,
  postgresOptionNames,
  type PostgresQueueOptions,
  type PostgresQueueSettings,
} from "../postgres-queue-options.js"
import { expectRule, expectShards, type NamedShard, type Shards } from "./shard-pools.js"
import type { SlotRule } from "./slots.js"

/** The options of a `ShardedQueue`. */
export interface ShardedQueueOptions extends Omit<
  PostgresQueueOptions,
  "pool" | "listen" | "capacity" | "migrate"
> {
  /**
   * The shards: the pools of each database by the name of its shard. All processes need the same shards under the same
   * names. Each `pool` needs a `max` of at least 5, as for a `PostgresQueue`.
   */
  readonly shards: Shards
  /**
   * The names of the shards from which this process takes updates. The process puts into all shards. Every shard needs a
   * process that takes from it. Default: all shards.
   */
  readonly home?: readonly string[]
  /**
   * The rule that assigns updates to shards. With `"bot"`, each bot is on one shard. With `"lane"`, the lanes of each
   * bot are spread over all shards; such a queue has no state. Default: `"bot"`.
   */
  readonly by?: SlotRule
  /** The maximum number of waiting updates of each shard, as `PostgresQueueOptions.capacity`. Default: no limit. */
  readonly capacity?: number
  /**
   * True to prepare the databases at the first use, as `arrangeShards` does, and to migrate their schemas to the newest
   * version. Default: false.
   */
  readonly migrate?: boolean
}

const { pool: _, listen: __, ...namesPerShard } = postgresOptionNames
const optionNames: OptionNames<ShardedQueueOptions> = {
  ...namesPerShard,
  shards: true,
  home: true,
  by: true,
}

/** The options of a queue that concern all shards together, with all defaults filled in. */
export interface ShardedQueueSettings extends Pick<
  PostgresQueueSettings,
  "schema" | "timeoutMs" | "lane" | "logger"
> {
  readonly shards: readonly NamedShard[]
  readonly home: ReadonlySet<string>
  readonly rule: SlotRule
  readonly migrate: boolean
  /** The options of the queue of each shard, without its pools. */
  readonly queueOptions: Omit<PostgresQueueOptions, "pool" | "listen">
}

/** Checks the options and fills in the defaults. Throws a `TypeError` for an invalid option. */
export function expectShardedOptions(options: ShardedQueueOptions): ShardedQueueSettings {
  expectOptionsObject(options, "new ShardedQueue({ shards })", optionNames)
  const { shards, home, by, migrate = false, ...queueOptions } = options
  expectBoolean("migrate", migrate)
  const named = expectShards(shards)
  const names = named.map(({ name }) => name)
  const homes = home ?? names
  if (!Array.isArray(homes)) unexpectedOption("home", "a list of names of shards", home)
  for (const name of homes) {
    if (!names.includes(name))
      unexpectedOption("home", `names of shards, such as ${names[0]}`, name)
  }
  const { schema, timeoutMs, lane, logger } = expectOptionsWithoutPools(queueOptions)
  const settings = { schema, timeoutMs, lane, logger, migrate, queueOptions }
  return { shards: named, home: new Set(homes), rule: expectRule(by), ...settings }
}
