import {
  expectDurationMs,
  expectInteger,
  expectText,
  unexpectedOption,
} from "../../ground/expect-option.js"
import { type Logger, guardedLogger } from "../../ground/logger.js"
import type { LaneRule } from "../../telegram/update-facts.js"
import { expectLaneRule, expectPerBot } from "../new-update.js"

const dayMs = 24 * 60 * 60 * 1000

/** What a `SqliteQueue` is told. */
export interface SqliteQueueOptions {
  /** The queue's file, created where it is not there; its folder must exist, on a local disk. */
  readonly path: string
  /** How many updates may wait; as many as the disk holds by default. */
  readonly capacity?: number
  /** How many updates of one bot may be held at once; as many as are taken by default. */
  readonly perBot?: number
  /** Which updates are handled one after the other; `"chat"` by default. */
  readonly lane?: LaneRule
  /**
   * How long the id of a handled update is known, in milliseconds, so that it is not handled again;
   * 24 hours by default, which is how long Telegram keeps an update.
   */
  readonly rememberMs?: number
  /** Where it is said that the file cannot be used, and when it can again; `console` by default. */
  readonly logger?: Logger
}

/** The options of a queue with what is meant where one is left out. */
interface CheckedOptions {
  readonly path: string
  readonly capacity: number
  readonly perBot: number
  readonly laneRule: LaneRule
  readonly rememberMs: number
  readonly logger: Logger
}

/** Throws a `TypeError` for what cannot be meant. */
export function expectOptions(options: SqliteQueueOptions): CheckedOptions {
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

/** The option `path`; throws a `TypeError` for what no file can be named. */
export function expectPath(path: unknown): string {
  const text = expectText("path", path)
  return text.includes("\0") ? unexpectedOption("path", "a path without NUL", path) : text
}
