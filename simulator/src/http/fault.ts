/**
 * A fault of a call:
 * - `retryAfter`: 429 with that many seconds
 * - `status`: an error with that code, in Telegram's JSON
 * - `html`: an HTML page with that status, as from a server in front of Telegram
 * - `slowMs`: the correct response, delayed by that many milliseconds of the simulator's clock
 * - `"cut"`: the connection closes in the middle of the response, after the call was carried out
 * - `"refuse"`: the connection closes before the call is read
 * - `"silence"`: no response at all
 */
export type Fault =
  | { readonly retryAfter: number }
  | { readonly status: number; readonly description?: string }
  | { readonly html: number }
  | { readonly slowMs: number }
  | "cut"
  | "refuse"
  | "silence"

/** A fault that further calls will get. */
export interface PlannedFault {
  readonly id: number
  /** The method in lower case; `"*"` stands for any method. */
  readonly method: string
  readonly fault: Fault
  /** The number of calls that will still get it. */
  readonly left: number
}

/** The planned faults. */
export class FaultPlan {
  #planned: PlannedFault[] = []
  #count = 0
  readonly #listeners = new Set<() => void>()

  /** The faults that further calls will get, in the order of their planning. */
  get planned(): readonly PlannedFault[] {
    return this.#planned
  }

  /** Calls a listener after every change. Returns a function that removes the listener. */
  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  /** Plans a fault for the next `times` calls of `method`; `"*"` stands for any method. */
  add(method: string, fault: Fault, times: number): void {
    const planned = { id: ++this.#count, method: method.toLowerCase(), fault, left: times }
    this.#change([...this.#planned, planned])
  }

  /** Removes a planned fault; has no effect if it is used up. */
  remove(id: number): void {
    this.#change(this.#planned.filter((planned) => planned.id !== id))
  }

  /** Removes all planned faults. */
  clear(): void {
    this.#change([])
  }

  /**
   * Returns and uses up the planned fault of a call; `undefined` without one.
   * @param method in lower case
   */
  take(method: string): Fault | undefined {
    const taken = this.#planned.find(
      (planned) => planned.method === method || planned.method === "*",
    )
    if (taken === undefined) return undefined
    const used = { ...taken, left: taken.left - 1 }
    const next = this.#planned.map((planned) => (planned === taken ? used : planned))
    this.#change(next.filter(({ left }) => left > 0))
    return taken.fault
  }

  #change(planned: PlannedFault[]): void {
    this.#planned = planned
    for (const listener of this.#listeners) listener()
  }
}
