import type { StatePlace, UpdateState } from "../../dispatch/context/update-state.js"
import type { StateEntry, StateKey, StateStore, StateWrite } from "../../queue/state-store.js"

/** A function that performs an operation of a script, or returns its recorded result. */
type Perform = (key: string, act: () => Promise<unknown>) => Promise<unknown>

/**
 * A recorded read: the entry, `null` for none, or 0 if the script has read or written the same value before.
 */
type Read = Pick<StateEntry, "json" | "expiresAt"> | null | 0

/**
 * The state as a script sees it: a replay reads the recorded values. A value that the script has read or written
 * before is not recorded again.
 */
export class RecordedStore implements StateStore {
  readonly #perform: Perform
  readonly #state: UpdateState
  /** The texts of the reads that the script knows, by place. */
  readonly #known = new Map<string, string>()

  /** @param state the state of the update that is being handled */
  constructor(perform: Perform, state: UpdateState) {
    this.#perform = perform
    this.#state = state
  }

  read(keys: readonly StateKey[]): Promise<(StateEntry | undefined)[]> {
    return Promise.all(keys.map((key) => this.#readOne(key)))
  }

  async write(): Promise<void> {
    throw new TypeError("Expected writes with the end of an update: a script has no other writes.")
  }

  /**
   * Remembers a write of a segment. In a live segment, passes the write on to the update that is being handled.
   */
  note(write: StateWrite, isLive: boolean): void {
    if (write.kind === "set") {
      const { key, json, expiresAt } = write
      this.#known.set(
        textOf(key),
        readText({ json, ...(expiresAt !== undefined && { expiresAt }) }),
      )
      if (isLive) this.#state.setText(key, json, expiresAt)
    } else if (write.kind === "delete") {
      this.#known.set(textOf(write.key), readText(null))
      if (isLive) this.#state.delete(write.key.space, write.key.key)
    } else if (!isLive) return
    else if (write.kind === "put")
      this.#state.put(write.own, { dueAt: write.dueAt, timer: write.timer })
    else this.#state.cancelTimer(write.timer)
  }

  async #readOne(key: StateKey): Promise<StateEntry | undefined> {
    const place = textOf(key)
    // The recorded value is one that the function has returned.
    const read = (await this.#perform(`read ${place}`, () => this.#readLive(key))) as Read
    const text = read === 0 ? this.#known.get(place) : readText(read)
    if (text === undefined) return undefined
    this.#known.set(place, text)
    const entry = JSON.parse(text) as Exclude<Read, 0>
    return entry ? { ...entry, version: 1 } : undefined
  }

  async #readLive(key: StateKey): Promise<Read> {
    const entry = (await this.#state.readEntry(key)) ?? null
    return readText(entry) === this.#known.get(textOf(key)) ? 0 : entry
  }
}

function readText(read: Exclude<Read, 0>): string {
  return JSON.stringify(read)
}

function textOf({ space, key }: StatePlace): string {
  return `${JSON.stringify(space)} ${key}`
}
