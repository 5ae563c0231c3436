import { expectDurationMs, expectInteger, unexpectedOption } from "../../ground/expect-option.js"
import { type Logger, guardedLogger } from "../../ground/logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { expectLaneRule, expectPerBot } from "../new-update.js"
import { expectSchema } from "./migrate.js"
import type { PostgresPool } from "./postgres-pool.js"

/** What a `PostgresQueue` is told. */
export interface PostgresQueueOptions {
  /**
   * Where connections come from: a `Pool` of `pg` with room for at least four. The queue keeps three
   * of them, and never ends the pool.
   */
  readonly pool: PostgresPool
  /** The schema of the queue; `"sounder"` by default. */
  readonly schema?: string
  /** Creates the schema, or brings it to the newest version, at the first use; not by default. */
  readonly migrate?: boolean
  /**
   * A pool whose connections reach the database itself: over one of them the queue is told at once of
   * updates that other processes put. May be the same pool, unless that leads through a pool such as
   * pgbouncer. Without it, new updates of other processes are looked for.
   */
  readonly listen?: PostgresPool
  /**
   * How often updates of other processes are looked for while there is nothing to do, in
   * milliseconds; 250 by default. While the queue is told of them, four times less often.
   */
  readonly pollMs?: number
  /**
   * How long after this process was last heard of others take over what it holds, in milliseconds;
   * 30,000 by default. While it lives, it is heard of three times in that time, however long a
   * handler runs.
   */
  readonly leaseMs?: number
  /** How long a connection or an answer may take, in milliseconds; 10,000 by default. */
  readonly timeoutMs?: number
  /**
   * How many updates may wait, in all processes together; as many as the disk holds by default.
   * Several receivers may exceed it by what they put within a second.
   */
  readonly capacity?: number
  /** How many updates of one bot this process may hold at once; as many as it takes by default. */
  readonly perBot?: number
  /** Which updates are handled one after the other; `"chat"` by default. */
  readonly lane?: LaneRule
  /**
   * How long the id of an update is known at least from when it was put, in milliseconds, so that it
   * is not handled again. It is known at any rate while the update waits. Default: 24 hours, which is
   * how long Telegram keeps an update.
   */
  readonly rememberMs?: number
  /** Where it is said that the database cannot be used, and when it can again; `console` by default. */
  readonly logger?: Logger
}

/** All of them but what may be absent, with what holds by default. */
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
/** PostgreSQL reckons with no more; longer is for ever. */
const centuryMs = 100 * 365 * dayMs

/** What a queue works with. Throws a `TypeError` for a wrong option. */
export function expectPostgresOptions(options: PostgresQueueOptions): PostgresQueueSettings {
  const { pool, listen, migrate = false, capacity, lane = "chat", logger } = options
  const { pollMs = 250, leaseMs = 30_000, timeoutMs = 10_000, rememberMs = dayMs } = options
  const schema = expectSchema(options.schema ?? "sounder")
  expectPool("pool", pool, 4)
  if (listen) expectPool("listen", listen, listen === pool ? 5 : 1)
  expectDurationMs("rememberMs", rememberMs)
  expectInteger("pollMs", pollMs, 1, Number.MAX_SAFE_INTEGER)
  expectInteger("leaseMs", leaseMs, 100, Number.MAX_SAFE_INTEGER)
  expectInteger("timeoutMs", timeoutMs, 1, Number.MAX_SAFE_INTEGER)
  if (capacity !== undefined) expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
  const perBot = expectPerBot(options.perBot)
  const times = { pollMs, leaseMs, timeoutMs, rememberMs: Math.min(rememberMs, centuryMs) }
  return {
    ...{ pool, listen, schema, migrate, capacity, perBot, logger: guardedLogger(logger), ...times },
    lane: expectLaneRule(lane),
  }
}

function expectPool(name: string, pool: PostgresPool, connections: number): void {
  if (typeof pool?.connect !== "function" || typeof pool.on !== "function") {
    unexpectedOption(name, "a `Pool` of `pg`", pool)
  }
  const most = pool.options?.max ?? Infinity
  if (most < connections) {
    unexpectedOption(name, `a pool with a \`max\` of at least ${connections}`, most)
  }
}
