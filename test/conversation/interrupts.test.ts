import { expect, test } from "vitest"
import { Conversation } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { reasonOf } from "../support/aborts.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { deferred } from "../support/waiting.js"

const stage = dispatchedEach()

test.each(["size", "address"] as const)(
  "a command of the fallbacks interrupts a slow handler of the state %s, and is then handled in it",
  async (state) => {
    const order = new Conversation("order", {
      states: ["size", "address"],
      data: () => ({ note: "" }),
    })
    const seen: unknown[] = []
    const began = deferred()
    order.entryPoints.command("order", (ctx) => ctx.dialog.enter(state))
    for (const each of order.states) {
      order.state(each).on(filters.text, async (ctx, next) => {
        if (ctx.message.text.startsWith("/")) return next()
        ctx.dialog.data.note = "half done"
        began.resolve()
        throw await reasonOf(ctx.signal)
      })
    }
    order.fallbacks.command(
      "cancel",
      (ctx) => {
        seen.push(ctx.dialog.state, ctx.dialog.data.note)
        ctx.dialog.end()
      },
      { interrupts: true },
    )
    order.mount(stage.dispatcher)
    const errors: unknown[] = []
    stage.dispatcher.catch((error) => errors.push(error))
    stage.dispatcher.start()
    await stage.put(textIn(7, "/order"))
    const slow = stage.put(textIn(7, "a slow answer"))
    await began.promise
    await Promise.all([slow, stage.put(textIn(7, "/cancel"))])
    expect(seen).toEqual([state, ""])
    expect(errors).toEqual([])
  },
)
