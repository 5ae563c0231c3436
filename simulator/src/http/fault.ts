/**
 * What goes wrong with a call:
 * - `retryAfter`: 429 with that many seconds
 * - `status`: an error with that code, in Telegram's JSON
 * - `html`: an answer with that status from a server in front of Telegram
 * - `slowMs`: the right answer, that many milliseconds of the simulator's clock late
 * - `"cut"`: the connection is closed in the middle of the answer, after the call has been carried out
 * - `"refuse"`: the connection is closed before the call is read
 * - `"silence"`: no answer at all
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

/** The faults that wait for their calls. */
export class FaultPlan {
  readonly #planned: Planned[] = []

  /** The next `times` calls of `method` (`"*"`: of any) go wrong. */
  add(method: string, fault: Fault, times: number): void {
    this.#planned.push({ method: method.toLowerCase(), fault, left: times })
  }

  /** Removes all planned faults. */
  clear(): void {
    this.#planned.length = 0
  }

  /** The fault that this call meets. @param method in lower case */
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
