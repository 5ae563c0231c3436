import { randomUUID } from "node:crypto"
import {
  expectDurationMs,
  expectInteger,
  expectOptionsObject,
  unexpectedOption,
} from "../../../ground/expect-option.js"
import { sleep } from "../../../ground/sleep.js"
import { expectSchema } from "../migrate.js"
import { copyContents } from "./copy-contents.js"
import { ShardDatabase, type ShardRecord } from "./shard-database.js"
import { expectShards, type Shards } from "./shard-pools.js"
import { notArranged, shardProblem } from "./shards-differ.js"
import { slotCount } from "./slots.js"

/** The options of {@link moveSlots}. */
export interface MoveOptions {
  /** The name of the shard that has the slots. */
  readonly from: string
  /** The name of the shard to which the slots go. */
  readonly to: string
  /** The number of slots to move. Default: all slots of the shard `from`. */
  readonly count?: number
  /** The slots to move, each from 0 to 1,023, in place of `count`. */
  readonly slots?: readonly number[]
  /** The name of the queue's schema in each database. Default: `"sounder"`. */
  readonly schema?: string
  /**
   * The longest wait for slots to become empty, in milliseconds. A slot whose updates still run or wait for a retry
   * then stays, and is open again. Default: 60,000.
   */
  readonly timeoutMs?: number
  /** An abort opens the slots again that have not left, and rejects with the signal's reason. */
  readonly signal?: AbortSignal
}

/** The time limit of a statement about slots, in milliseconds. */
const statementMs = 60_000
/** The time between two looks for empty slots, in milliseconds. */
const lookMs = 20

/**
 * Moves slots from one shard of a `ShardedQueue` to another, while the queue is in use. Meanwhile the puts into these
 * slots are refused, and Telegram sends their updates again. A slot moves as soon as it has no update that waits or
 * runs; its timers, state, dead letters and known ids go with it. Resolves with the slots that have moved.
 *
 * A process that dies while it moves slots leaves nothing undone: another process of the queue goes on within 45 s.
 *
 * Rejects with a `StorageError` if one of the two shards cannot be used, and has then moved nothing.
 */
export async function moveSlots(shards: Shards, options: MoveOptions): Promise<number[]> {
  const { from, to, slots, count, timeoutMs, signal } = expectMove(shards, options)
  const [{ open }] = [await recordOf(from), await recordOf(to)]
  const chosen = slots ?? openSlots(open).slice(0, count)
  const closed = await from.call<number[]>("close_slots", [chosen, to.name])
  const moved: number[] = []
  try {
    const untilMs = performance.now() + timeoutMs
    let waiting: readonly number[] = closed
    while (waiting.length > 0 && performance.now() < untilMs) {
      signal?.throwIfAborted()
      const left = await leave(from, waiting)
      if (left.length === 0) await sleep(lookMs, signal)
      await arrive(from, to, left)
      moved.push(...left)
      waiting = waiting.filter((slot) => !left.includes(slot))
    }
  } finally {
    await from.call("open_slots", [closed, null])
  }
  return moved
}

/**
 * Opens the slots again, or completes the moves, whose process has not worked on them for a time. A move that fails
 * delays no other; then the promise rejects with the first error.
 */
export async function resumeMoves(
  databases: readonly ShardDatabase[],
  idleMs: number,
): Promise<void> {
  const failures: unknown[] = []
  const note = (error: unknown) => failures.push(error)
  for (const from of databases) {
    // A shard that is away keeps its part of the moves until it is back.
    const record = await from.record().catch(() => undefined)
    const idle = record?.departing.filter((one) => one.idleMs > idleMs) ?? []
    const closed = idle.filter(({ isGone }) => !isGone).map(({ slot }) => slot)
    if (closed.length > 0) await from.call("open_slots", [closed, idleMs]).catch(note)
    for (const to of databases) {
      const gone = idle.filter(({ isGone, target }) => isGone && target === to.name)
      const slots = gone.map(({ slot }) => slot)
      await arrive(from, to, slots).catch(note)
    }
  }
  if (failures.length > 0) throw failures[0]
}

/** Gives up the slots that are empty, and returns them. */
async function leave(from: ShardDatabase, slots: readonly number[]): Promise<number[]> {
  await from.call("touch_slots", [slots])
  const busy = new Set(await from.call<number[]>("busy_slots", [slots]))
  const free = slots.filter((slot) => !busy.has(slot))
  return free.length === 0 ? [] : from.call<number[]>("leave_slots", [free])
}

/** Brings slots that have left one shard to another. */
async function arrive(
  from: ShardDatabase,
  to: ShardDatabase,
  slots: readonly number[],
): Promise<void> {
  if (slots.length === 0) return
  await from.call("touch_slots", [slots])
  const [sequences] = await from.rows<{ versions: string; own_ids: string }>(
    `SELECT (SELECT last_value FROM @schema.versions) AS versions, (SELECT last_value FROM @schema.own_ids) AS own_ids`,
    [],
  )
  const mover = randomUUID()
  const values = [slots, from.name, mover, sequences?.versions, sequences?.own_ids]
  const missing = await to.call<number[]>("begin_arrival", values)
  if (missing.length > 0) {
    await copyContents(from, to, { slots: missing, mover })
    await to.call("end_arrival", [missing, mover])
  }
  await from.call("forget_slots", [slots])
}

/** Returns the record of a shard. Rejects if the database is not this shard. */
async function recordOf(database: ShardDatabase): Promise<ShardRecord> {
  const record = await database.record()
  if (!record) throw notArranged(database.name)
  const problem = shardProblem(database.name, record, record)
  if (problem) throw problem
  return record
}

function openSlots(open: string): number[] {
  return Array.from(open, (_, slot) => slot).filter((slot) => open[slot] === "1")
}

/** Checks the arguments of {@link moveSlots}. Throws a `TypeError` for an invalid one. */
function expectMove(shards: Shards, options: MoveOptions) {
  const named = expectShards(shards)
  expectOptionsObject(options, "moveSlots(shards, { from, to })", {
    from: true,
    to: true,
    count: true,
    slots: true,
    schema: true,
    timeoutMs: true,
    signal: true,
  })
  const { from, to, count = slotCount, slots, timeoutMs = 60_000, signal } = options
  const schema = expectSchema(options.schema ?? "sounder")
  const databaseOf = (option: "from" | "to") => {
    const shard = named.find(({ name }) => name === options[option])
    if (!shard) return unexpectedOption(option, "the name of a shard", options[option])
    return new ShardDatabase(shard, { schema, timeoutMs: statementMs })
  }
  if (from === to) unexpectedOption("to", "another shard than `from`", to)
  expectInteger("count", count, 1, slotCount)
  if (slots !== undefined && !Array.isArray(slots))
    unexpectedOption("slots", "a list of slots", slots)
  for (const slot of slots ?? []) expectInteger("slots", slot, 0, slotCount - 1)
  expectDurationMs("timeoutMs", timeoutMs)
  const databases = { from: databaseOf("from"), to: databaseOf("to") }
  return { ...databases, slots: slots && [...new Set(slots)], count, timeoutMs, signal }
}
