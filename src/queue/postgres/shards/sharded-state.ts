import { errorCode } from "../../../ground/error-text.js"
import { sleep } from "../../../ground/sleep.js"
import { expectStateKey, expectWrites } from "../../expect-writes.js"
import { QueueClosed } from "../../queue-closed.js"
import type { StateEntry, StateKey, StateStore, StateWrite } from "../../state-store.js"
import type { PostgresQueue } from "../postgres-queue.js"
import { slotOfBot } from "./slots.js"

/** The time between two tries to use a slot that is being moved, in milliseconds. */
const tryAgainMs = 60

/** The shards of the values. */
export interface StateShards {
  /** Resolves when the slots of the shards are known. */
  known(): Promise<unknown>
  /** Returns the queue of the shard of a slot. Throws a `StorageError` if no shard is known to have the slot. */
  queueOf(slot: number): Pick<PostgresQueue, "records" | "state">
  /** Reads the slots of the shards again. */
  refresh(): Promise<unknown>
  readonly isClosed: boolean
  /** The longest wait for a slot that is being moved, in milliseconds. */
  readonly patienceMs: number
}

/** The state of a `ShardedQueue` whose bots have a shard each: the values of a bot are on its shard. */
export class ShardedState implements StateStore {
  readonly isShared = true
  readonly #shards: StateShards

  constructor(shards: StateShards) {
    this.#shards = shards
  }

  /** Rejects with a `StorageError`, with a `QueueClosed`, and with a `TypeError` for a wrong key. */
  async read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]> {
    for (const key of keys) expectStateKey(key)
    if (this.#shards.isClosed) throw new QueueClosed()
    return this.#patiently(async () => {
      const parts = new Map<StateStore, number[]>()
      keys.forEach(({ botId }, index) => {
        const { state } = this.#shards.queueOf(slotOfBot(botId))
        parts.set(state, [...(parts.get(state) ?? []), index])
      })
      const entries: (StateEntry | undefined)[] = keys.map(() => undefined)
      const reads = Array.from(parts, async ([state, indexes]) => {
        const read = await state.read(indexes.flatMap((index) => keys[index] ?? []))
        indexes.forEach((index, position) => (entries[index] = read[position]))
      })
      await Promise.all(reads)
      return entries
    })
  }

  /**
   * Rejects like {@link read}, with a `StateConflict`, and with a `TypeError` for writes of several bots, which may be in
   * different databases.
   */
  async write(writes: readonly StateWrite[]): Promise<void> {
    expectWrites(writes)
    const [first] = writes
    if (this.#shards.isClosed) throw new QueueClosed()
    if (!first) return
    const botId = botOf(first)
    expectWritesOf(botId, writes)
    await this.#patiently(() => this.#shards.queueOf(slotOfBot(botId)).state.write(writes))
  }

  /** Deletes the timers, the dead letters and the values of a bot. Rejects like {@link read}. */
  async deleteRecords(botId: number): Promise<void> {
    if (this.#shards.isClosed) throw new QueueClosed()
    const slot = slotOfBot(botId)
    await this.#patiently(() => this.#shards.queueOf(slot).records.delete(botId))
  }

  /** Tries again while a slot is being moved. */
  async #patiently<Result>(use: () => Promise<Result>): Promise<Result> {
    await this.#shards.known()
    const untilMs = performance.now() + this.#shards.patienceMs
    for (;;) {
      try {
        return await use()
      } catch (error) {
        const isLast = this.#shards.isClosed || performance.now() > untilMs
        if (isLast || errorCode(error) !== "slot-away") throw error
      }
      await sleep(tryAgainMs)
      await this.#shards.refresh()
    }
  }
}

/** Throws a `TypeError` unless all writes are of one bot. */
export function expectWritesOf(botId: number, writes: readonly StateWrite[]): void {
  const other = writes.find((write) => botOf(write) !== botId)
  if (!other) return
  throw new TypeError(
    `Expected writes of the bot ${botId} only, got one of the bot ${botOf(other)}: the shards of a \`ShardedQueue\` ` +
      "are different databases, and no transaction writes into two.",
  )
}

function botOf(write: StateWrite): number {
  return "key" in write ? write.key.botId : write.botId
}
