import {
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../../ground/expect-option.js"
import type { Logger } from "../../ground/logger.js"
import { guardedLogger } from "../../telegram/guarded-logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { expectLaneRule, expectPerBot } from "../new-update.js"

const dayMs = 24 * 60 * 60 * 1000

/** The options of a `SqliteQueue`. */
export interface SqliteQueueOptions {
  /**
   * The path of the queue's file, in an existing folder on a local disk. The queue creates the file if
   * there is none.
   */
  readonly path: string
  /** The maximum number of waiting updates. Default: no limit but the disk. */
  readonly capacity?: number
  /** The maximum number of updates of one bot in workers' hands at once. Default: no limit. */
  readonly perBot?: number
  /**
   * The rule that assigns updates to lanes: the updates of one lane are handled one after the other.
   * Default: `"chat"`.
   */
  readonly lane?: LaneRule
  /**
   * The time for which the id of a handled update is remembered, in milliseconds, so that the update is
   * not handled again. Default: 24 hours, which is how long Telegram keeps an update.
   */
  readonly rememberMs?: number
  /** The logger for faults of the file, and for their end. Default: `console`. */
  readonly logger?: Logger
}

const optionNames: OptionNames<SqliteQueueOptions> = {
  path: true,
  capacity: true,
  perBot: true,
  lane: true,
  rememberMs: true,
  logger: true,
}

/** The options of a queue, with all defaults filled in. */
interface CheckedOptions {
  readonly path: string
  readonly capacity: number
  readonly perBot: number
  readonly laneRule: LaneRule
  readonly rememberMs: number
  readonly logger: Logger
}

/** Checks the options and fills in the defaults. Throws a `TypeError` for an invalid option. */
export function expectOptions(options: SqliteQueueOptions): CheckedOptions {
  const path = typeof options === "string" ? `path: ${JSON.stringify(options)}` : "path"
  expectOptionsObject(options, `new SqliteQueue({ ${path} })`, optionNames)
  const { capacity = Infinity, lane = "chat", rememberMs = dayMs, logger } = options
  if (capacity !== Infinity) expectInteger("capacity", capacity, 1, Number.MAX_SAFE_INTEGER)
  return {
    path: expectPath(options.path),
    capacity,
    perBot: expectPerBot(options.perBot),
    laneRule: expectLaneRule(lane),
    rememberMs: expectDurationMs("rememberMs", rememberMs),
    logger: guardedLogger(logger),
  }
}

/**
 * Checks the option `path` and returns its value. Throws a `TypeError` if the value cannot be the path
 * of a file.
 */
export function expectPath(path: unknown): string {
  const text = expectText("path", path)
  return text.includes("\0") ? unexpectedOption("path", "a path without NUL", path) : text
}
