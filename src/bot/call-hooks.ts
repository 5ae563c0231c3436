import type { Removable } from "../ground/removable.js"
import type { ApiCall, CallHook } from "./bot-options.js"

/** The hooks around the calls of one bot. */
export class CallHooks {
  /** The hooks, the innermost first. A change replaces the list, so that a running call keeps its own. */
  #hooks: readonly CallHook[] = []

  /** Adds a hook around all earlier ones. */
  add(hook: CallHook): Removable {
    // A new function for each registration, because the same hook may be added twice.
    const added: CallHook = (call, next) => hook(call, next)
    this.#hooks = [...this.#hooks, added]
    return { remove: () => void (this.#hooks = this.#hooks.filter((other) => other !== added)) }
  }

  /** Passes a call through the hooks, the outermost first, and then to `makeCall`. */
  run(call: ApiCall, makeCall: (call: ApiCall) => Promise<unknown>): Promise<unknown> {
    let next = makeCall
    for (const hook of this.#hooks) {
      const inner = next
      // An `async` function, so that a hook that throws rejects the promise of `next`.
      next = async (given) => hook(given, (changed = given) => inner(changed))
    }
    return next(call)
  }
}
