import { Heap } from "../../ground/heap.js"
import { type PutOwn, MemoryTimers } from "./memory-timers.js"
import { expectStateKey, expectWrites } from "../expect-writes.js"
import {
  botKeyPrefix,
  StateConflict,
  type StateEntry,
  type StateKey,
  type StateSet,
  stateKeyText,
  type StateStore,
  type StateWrite,
} from "../state-store.js"

/** A check, due at a time, whether a value has expired. */
interface ExpiryCheck {
  readonly text: string
  readonly at: number
}

/** The state of a `MemoryQueue`. A restart loses the values. */
export class MemoryState implements StateStore {
  readonly #entries = new Map<string, StateEntry>()
  /** One check for each value that expires. A check may be due before the value's current expiry. */
  readonly #checks = new Heap<ExpiryCheck>(({ at }) => at)
  /** The keys with a check, as texts. */
  readonly #checked = new Set<string>()
  readonly #timers: MemoryTimers
  #lastVersion = 0

  /** @param put puts an own update that is due */
  constructor(put: PutOwn) {
    this.#timers = new MemoryTimers(put)
  }

  /** The number of values, including expired values that have not been removed yet. */
  get size(): number {
    return this.#entries.size
  }

  async read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]> {
    return this.readNow(keys)
  }

  readNow(keys: readonly StateKey[]): (StateEntry | undefined)[] {
    const now = Date.now()
    for (const key of keys) expectStateKey(key)
    this.#sweep(now)
    return keys.map((key) => this.#current(stateKeyText(key), now))
  }

  async write(writes: readonly StateWrite[]): Promise<void> {
    this.commit(writes)
  }

  /**
   * Stores the writes, all or none. Throws a {@link StateConflict} if a value does not have the expected
   * version, and a `TypeError` for a wrong write.
   */
  commit(writes: readonly StateWrite[]): void {
    expectWrites(writes)
    const now = Date.now()
    for (const write of writes) {
      if (!("key" in write) || write.ifVersion === undefined) continue
      const { key, ifVersion } = write
      const version = this.#current(stateKeyText(key), now)?.version ?? 0
      if (version !== ifVersion) throw new StateConflict(key)
    }
    for (const write of writes) this.#apply(write)
    this.#sweep(now)
  }

  /** Deletes the values and the timers of a bot. */
  deleteBot(botId: number): void {
    const prefix = botKeyPrefix(botId)
    for (const text of this.#entries.keys()) if (text.startsWith(prefix)) this.#entries.delete(text)
    this.#timers.deleteBot(botId)
  }

  /** Stops the timers. */
  close(): void {
    this.#timers.close()
  }

  #apply(write: StateWrite): void {
    if (write.kind === "set") this.#set(write)
    else if (write.kind === "delete") this.#entries.delete(stateKeyText(write.key))
    else if (write.kind === "put") this.#timers.add(write)
    else this.#timers.cancel(write)
  }

  #set({ key, json, expiresAt }: StateSet): void {
    const text = stateKeyText(key)
    const version = (this.#lastVersion += 1)
    this.#entries.set(
      text,
      expiresAt === undefined ? { json, version } : { json, version, expiresAt },
    )
    if (expiresAt !== undefined) this.#addCheck(text, expiresAt)
  }

  #current(text: string, now: number): StateEntry | undefined {
    const entry = this.#entries.get(text)
    return entry && (entry.expiresAt ?? Infinity) > now ? entry : undefined
  }

  #addCheck(text: string, at: number): void {
    if (this.#checked.has(text)) return
    this.#checked.add(text)
    this.#checks.add({ text, at })
  }

  /** Removes the expired values. A value with a later expiry gets another check. */
  #sweep(now: number): void {
    for (let { first } = this.#checks; first && first.at <= now; { first } = this.#checks) {
      this.#checks.shift()
      this.#checked.delete(first.text)
      const expiresAt = this.#entries.get(first.text)?.expiresAt
      if (expiresAt === undefined) continue
      if (expiresAt <= now) this.#entries.delete(first.text)
      else this.#addCheck(first.text, expiresAt)
    }
  }
}
