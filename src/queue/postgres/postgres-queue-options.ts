import {
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  unexpectedOption,
  type OptionNames,
} from "../../ground/expect-option.js"
import type { Logger } from "../../ground/logger.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { expectLaneRule, expectPerBot } from "../new-update.js"
import { expectSchema } from "./migrate.js"
import type { PostgresPool } from "./postgres-pool.js"

/** The options of a `PostgresQueue`. */
export interface PostgresQueueOptions {
  /**
   * A `Pool` of `pg` with a `max` of at least 5. The queue reserves three of its connections, and a fourth
   * from the first read of state on. The queue never ends the pool.
   */
  readonly pool: PostgresPool
  /** The name of the queue's schema. Default: `"sounder"`. */
  readonly schema?: string
  /**
   * True to create the schema, or to migrate it to the newest version, at the first use. Default:
   * false.
   */
  readonly migrate?: boolean
  /**
   * A pool whose connections reach the database directly. Over one of these connections the database
   * notifies the queue at once of updates that other processes put. May be the same pool as `pool`,
   * unless the connections of `pool` go through a pooler such as pgbouncer. Without this option the
   * queue polls for updates of other processes.
   */
  readonly listen?: PostgresPool
  /**
   * The time between two polls for updates of other processes while this process is idle, in milliseconds.
   * While the database notifies the queue (option `listen`), the queue polls four times less often. Default:
   * 250.
   */
  readonly pollMs?: number
  /**
   * The lease in milliseconds: the time after which other processes take over the deliveries of a
   * process that has not renewed its lease. A running process renews three times within this time,
   * however long a handler runs. Default: 30,000.
   */
  readonly leaseMs?: number
  /** The time limit for opening a connection and for a statement, in milliseconds. Default: 10,000. */
  readonly timeoutMs?: number
  /**
   * The maximum number of waiting updates of all processes together. Several receivers may exceed this number
   * by the updates that they put within a second. Default: no limit but the disk.
   */
  readonly capacity?: number
  /** The maximum number of updates of one bot in this process's hands at once. Default: no limit. */
  readonly perBot?: number
  /**
   * The rule that assigns updates to lanes: the updates of one lane are handled one after the other.
   * Default: `"chat"`.
   */
  readonly lane?: LaneRule
  /**
   * The shortest time for which the id of an update is remembered after its put, in milliseconds, so
   * that the update is not handled again. The id of a waiting update is always known. Default: 24
   * hours, which is how long Telegram keeps an update.
   */
  readonly rememberMs?: number
  /** The logger for faults of the database, and for their end. Default: `console`. */
  readonly logger?: Logger
}

/** The names of the options. */
export const postgresOptionNames: OptionNames<PostgresQueueOptions> = {
  pool: true,
  schema: true,
  migrate: true,
  listen: true,
  pollMs: true,
  leaseMs: true,
  timeoutMs: true,
  capacity: true,
  perBot: true,
  lane: true,
  rememberMs: true,
  logger: true,
}

/** The options of a queue, with all defaults filled in. */
export interface PostgresQueueSettings {
  readonly pool: PostgresPool
  readonly listen: PostgresPool | undefined
  readonly schema: string
  readonly migrate: boolean
  readonly pollMs: number
  readonly leaseMs: number
  readonly timeoutMs: number
  readonly capacity: number | undefined
  readonly perBot: number
  readonly lane: LaneRule
  readonly rememberMs: number
  readonly logger: Logger
}

const dayMs = 24 * 60 * 60 * 1000
/**
 * The longest `rememberMs` that is passed to PostgreSQL, whose intervals are limited, in milliseconds.
 * A longer `rememberMs` is replaced by this value.
 */
const centuryMs = 100 * 365 * dayMs

/** Checks the options and fills in the defaults. Throws a `TypeError` for an invalid option. */
export function expectPostgresOptions(options: PostgresQueueOptions): PostgresQueueSettings {
  expectOptionsObject(options, "new PostgresQueue({ pool })", postgresOptionNames)
  const { pool, listen, ...others } = options
  expectPool("pool", pool, 5)
  if (listen) expectPool("listen", listen, listen === pool ? 6 : 1)
  return { pool, listen, ...expectOptionsWithoutPools(others) }
}

/** Checks the options other than the pools and fills in their defaults. Throws a `TypeError` for an invalid option. */
export function expectOptionsWithoutPools(
  options: Omit<PostgresQueueOptions, "pool" | "listen">,
): Omit<PostgresQueueSettings, "pool" | "listen"> {
  const { migrate = false, capacity, lane = "chat", logger } = options
  const { pollMs = 250, leaseMs = 30_000, timeoutMs = 10_000, rememberMs = dayMs } = options
  const schema = expectSchema(options.schema ?? "sounder")
  expectDurationMs("rememberMs", rememberMs)
  expectInteger("pollMs", pollMs, 1, Number.MAX_SAFE_INTEGER)
  expectInteger("leaseMs", leaseMs, 100, Number.MAX_SAFE_INTEGER)
  expectInteger("timeoutMs", timeoutMs, 1, Number.MAX_SAFE_INTEGER)
  if (capacity !== undefined) expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
  const perBot = expectPerBot(options.perBot)
  const times = { pollMs, leaseMs, timeoutMs, rememberMs: Math.min(rememberMs, centuryMs) }
  return {
    ...{ schema, migrate, capacity, perBot, logger: guardedLogger(logger), ...times },
    lane: expectLaneRule(lane),
  }
}

/**
 * Throws a `TypeError` unless the value is a pool.
 *
 * @param connections the number of connections that the pool has to be able to open
 */
export function expectPool(name: string, pool: PostgresPool, connections: number): void {
  if (typeof pool?.connect !== "function" || typeof pool.on !== "function") {
    unexpectedOption(name, "a `Pool` of `pg`", pool)
  }
  const most = pool.options?.max ?? Infinity
  if (most < connections) {
    unexpectedOption(name, `a pool with a \`max\` of at least ${connections}`, most)
  }
}
