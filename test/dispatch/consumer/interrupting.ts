import { type Context, filters, type HandlerOptions } from "../../../src/dispatch/index.js"
import { rejectedBy } from "../../support/aborts.js"
import { type Dispatched, dispatchedEach } from "../../support/dispatched.js"

/** The options of a handler whose updates interrupt. */
export const interrupts: HandlerOptions = { interrupts: true }

/** Returns the functions of a test file about interrupts. */
export function interruptingEach() {
  const stage: Dispatched = dispatchedEach()
  /** Registers a handler of texts, and returns a promise of its context. Default: waits for its abort. */
  function onText(
    handler: (ctx: Context) => unknown = (ctx) => rejectedBy(ctx.signal),
  ): Promise<Context> {
    return new Promise((resolve) => {
      stage.dispatcher.on(filters.text, (ctx) => {
        resolve(ctx)
        return handler(ctx)
      })
    })
  }

  /** Registers `/cancel` as an interrupting command. Returns the texts that it has handled. */
  function onCancel(): unknown[] {
    const seen: unknown[] = []
    stage.dispatcher.command("cancel", (ctx) => void seen.push(ctx.message.text), interrupts)
    return seen
  }

  return { stage, onText, onCancel }
}
