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

interface Planned {
  readonly method: string
  readonly fault: Fault
  left: number
}

/** The planned faults. */
export class FaultPlan {
  readonly #planned: Planned[] = []

  /** Plans a fault for the next `times` calls of `method`; `"*"` stands for any method. */
  add(method: string, fault: Fault, times: number): void {
    this.#planned.push({ method: method.toLowerCase(), fault, left: times })
  }

  /** Removes all planned faults. */
  clear(): void {
    this.#planned.length = 0
  }

  /**
   * Returns and uses up the planned fault of a call; `undefined` without one.
   * @param method in lower case
   */
  take(method: string): Fault | undefined {
    const at = this.#planned.findIndex(
      (planned) => planned.method === method || planned.method === "*",
    )
    const planned = this.#planned[at]
    if (planned === undefined) return undefined
    planned.left -= 1
    if (planned.left <= 0) this.#planned.splice(at, 1)
    return planned.fault
  }
}
