import { describe, expect, onTestFinished, test } from "vitest"
import { filters, HandlerTimeout, Interrupted } from "../../../src/dispatch/index.js"
import { type HandlingOutcome, updateHandled } from "../../../src/events/index.js"
import { reasonOf, rejectedBy } from "../../support/aborts.js"
import { reference, textIn } from "../../support/dispatched.js"
import { keptBot, textUpdate } from "../../support/updates.js"
import { deferred, untilTrue } from "../../support/waiting.js"
import { interruptingEach, interrupts } from "./interrupting.js"

const { stage, onText, onCancel } = interruptingEach()
const cancel = textUpdate("/cancel")
const key = { botId: 110, space: "s", key: "k" }

/** Subscribes to the outcomes of handlings, until the test ends. */
function outcomes(): HandlingOutcome[] {
  const heard: HandlingOutcome[] = []
  onTestFinished(updateHandled.subscribe(({ outcome }) => heard.push(outcome)))
  return heard
}

describe("an interrupting update", () => {
  test("aborts the handler that runs in its lane, and is then handled in its place", async () => {
    const [seen, heard] = [onCancel(), outcomes()]
    const running = onText()
    const errors: unknown[] = []
    stage.dispatcher.catch((error) => errors.push(error))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("a long question"))
    const { signal } = await running
    await Promise.all([first, stage.put(cancel)])
    expect(signal.reason).toBeInstanceOf(Interrupted)
    expect(signal.reason).toMatchObject({ code: "interrupted", update: cancel })
    expect([seen, heard, errors]).toEqual([["/cancel"], ["interrupted", "done"], []])
    expect(stage.logger.errors).toEqual([])
  })

  test("leaves nothing of a handler that throws because of it, and no retry follows", async () => {
    stage.dispatcher = stage.dispatcherWith({ attempts: { max: 5, backoff: () => 1 } })
    onCancel()
    const attempts: number[] = []
    const running = onText((ctx) => {
      attempts.push(ctx.attempt)
      ctx.state.set("s", "k", "half done")
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect(attempts).toEqual([1])
    expect(await stage.queue.state.read([key])).toEqual([undefined])
  })

  test("keeps the writes of a handler that ends without an error, also those after the interrupt", async () => {
    const { bot, calls } = keptBot()
    stage.dispatcher = stage.dispatcherWith({ bot })
    onCancel()
    const saved: string[] = []
    const app = stage.dispatcher.derive({
      derive: () => ({ saved }),
      beforeDone: () => void saved.push("before done"),
    })
    const running = deferred()
    app.on(filters.text, async (ctx) => {
      running.resolve()
      await rejectedBy(ctx.signal).catch(() => {})
      ctx.state.set("s", "k", "the part so far")
      await ctx.later("sendMessage", { text: "promised" })
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: '"the part so far"' }])
    expect(saved).toEqual(["before done"])
    await untilTrue(() => calls.length === 1)
    expect(calls[0]?.params).toEqual({ chat_id: 7, text: "promised" })
  })

  test("calls afterFailure of derived values, whose writes are committed", async () => {
    onCancel()
    const running = deferred()
    const app = stage.dispatcher.derive({
      derive: () => ({ value: 1 }),
      afterFailure: (ctx) => ctx.state.set("s", "k", "undone"),
    })
    app.on(filters.text, (ctx) => {
      running.resolve()
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: '"undone"' }])
  })

  test("logs an error of the handler that is no consequence of the abort, and the update is done", async () => {
    const [seen, heard] = [onCancel(), outcomes()]
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      throw new RangeError("of the clean-up")
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect([seen, heard]).toEqual([["/cancel"], ["interrupted", "done"]])
    expect(stage.logger.errors).toEqual([
      expect.stringMatching(/has failed after its interrupt: RangeError: of the clean-up/),
    ])
  })

  test("takes an error whose class has AbortError in its name for a consequence", async () => {
    class ClientAbortError extends Error {}
    onCancel()
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      throw new ClientAbortError("Request was aborted.")
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect(stage.logger.errors).toEqual([])
  })

  test("starts no further handler of the interrupted update", async () => {
    onCancel()
    const seen: string[] = []
    const running = deferred()
    stage.dispatcher.use(async (ctx, next) => {
      running.resolve()
      await reasonOf(ctx.signal)
      await next()
    })
    stage.dispatcher.on(filters.text, () => void seen.push("the next"))
    stage.dispatcher.group(1).on(filters.text, (ctx) => void seen.push(ctx.message.text))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(seen).toEqual(["/cancel"])
  })

  test("waits for a handler that ignores the signal", async () => {
    const seen = onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    const { signal } = await running
    const second = stage.put(cancel)
    expect(signal.aborted).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(seen).toEqual([])
    gate.resolve()
    await Promise.all([first, second])
    expect(seen).toEqual(["/cancel"])
  })

  test("does not wait longer than handlerTimeoutMs and its grace, and no time-out is reported", async () => {
    stage.dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 30 })
    const [seen, heard, errors] = [onCancel(), outcomes(), [] as unknown[]]
    stage.dispatcher.catch((error) => errors.push(error))
    const gate = deferred()
    const running = onText(async (ctx) => {
      ctx.state.set("s", "k", "late")
      await gate.promise
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    await untilTrue(() => heard.length === 2)
    expect([seen, heard, errors]).toEqual([["/cancel"], ["interrupted", "done"], []])
    expect(await stage.queue.state.read([key])).toEqual([undefined])
    gate.resolve()
  }, 20_000)

  test("has no effect on waiting updates, on other lanes, or after the handler has ended", async () => {
    onCancel()
    const seen: [string, boolean][] = []
    const [began, gate] = [deferred(), deferred()]
    stage.dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") began.resolve()
      if (ctx.message.text === "first") await reasonOf(ctx.signal)
      if (ctx.message.text === "other") await gate.promise
      seen.push([ctx.message.text, ctx.signal.aborted])
    })
    stage.dispatcher.start()
    const puts = [textUpdate("first"), textUpdate("second"), textIn(1, "other")]
    const ended = puts.map((update) => stage.put(update))
    await began.promise
    await Promise.all([ended[0], ended[1], stage.put(cancel)])
    gate.resolve()
    await ended[2]
    await stage.put(textUpdate("last"))
    expect(seen).toEqual([
      ["first", true],
      ["second", false],
      ["other", false],
      ["last", false],
    ])
  })

  test("interrupts once: a second one changes nothing", async () => {
    const seen = onCancel()
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([first, stage.put(cancel), stage.put(textUpdate("/cancel again"))])
    expect(signal.reason).toMatchObject({ update: cancel })
    expect(seen).toEqual(["/cancel", "/cancel again"])
  })

  test("interrupts an interrupting command that is slow itself", async () => {
    const [began, seen] = [deferred(), [] as unknown[]]
    stage.dispatcher.command(
      "cancel",
      async (ctx) => {
        seen.push(ctx.argument)
        if (ctx.argument !== "") return
        began.resolve()
        await rejectedBy(ctx.signal)
      },
      interrupts,
    )
    stage.dispatcher.start()
    const first = stage.put(textUpdate("/cancel"))
    await began.promise
    await Promise.all([first, stage.put(textUpdate("/cancel now"))])
    expect(seen).toEqual(["", "now"])
  })

  test("does not interrupt a handling that has failed: its error handlers run to their end", async () => {
    onCancel()
    const began = deferred()
    const seen: boolean[] = []
    stage.dispatcher.catch(async (_error, ctx) => {
      began.resolve()
      await new Promise((resolve) => setTimeout(resolve, 20))
      seen.push(ctx.signal.aborted)
    })
    void onText(() => Promise.reject(new Error("no luck")))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await began.promise
    await Promise.all([first, stage.put(cancel)])
    expect(seen).toEqual([false])
  })

  test("interrupts a handling that runs again after a conflict of its writes", async () => {
    onCancel()
    const [first, again] = [deferred(), deferred()]
    let runs = 0
    stage.dispatcher.on(filters.text, async (ctx) => {
      const count = Number((await ctx.state.get("s", "k")) ?? 0)
      ctx.state.set("s", "k", count + 1)
      runs += 1
      if (runs > 1) await rejectedBy(ctx.signal)
      await reasonOf(ctx.signal)
      first.resolve()
      await again.promise
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    await untilTrue(() => runs === 1)
    const cancelled = stage.put(cancel)
    await first.promise
    await stage.queue.state.write([{ kind: "set", key, json: "7" }])
    again.resolve()
    await Promise.all([put, cancelled])
    expect(runs).toBe(2)
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: "7" }])
  })
})

describe("at a stop", () => {
  test("an interrupted handler that ends in time is done, and the interrupting update handed back", async () => {
    onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    const asked = textUpdate("x")
    stage.dispatcher.start()
    const put = stage.put(asked)
    await running
    const cancelled = stage.put(cancel)
    const stopped = stage.dispatcher.stop()
    await expect(cancelled).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toMatchObject({
      handled: [reference(asked)],
      handedBack: [reference(cancel)],
    })
    await put
  })

  test("an interrupted handler that runs beyond the deadline is done, and is not delivered again", async () => {
    onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    const asked = textUpdate("x")
    stage.dispatcher.start()
    const put = stage.put(asked)
    await running
    const cancelled = stage.put(cancel)
    const stopped = stage.dispatcher.stop({ deadlineMs: 0 })
    await expect(cancelled).rejects.toMatchObject({ code: "handed-back" })
    expect(await stopped).toMatchObject({ handled: [reference(asked)], unknown: [] })
    await put
    gate.resolve()
  })

  test("an update that arrives after the deadline has aborted the handler changes nothing", async () => {
    onCancel()
    const heard = outcomes()
    const running = onText(async (ctx) => {
      const reason = await reasonOf(ctx.signal)
      void stage.put(cancel).catch(() => {})
      throw reason
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    await running
    await stage.dispatcher.stop({ deadlineMs: 0 })
    await expect(put).rejects.toMatchObject({ code: "handed-back" })
    expect(heard).toEqual(["stopped"])
  })
})

test("a handler that exceeds its time without an interrupt still fails with a time-out", async () => {
  stage.dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 20 })
  onCancel()
  const errors: unknown[] = []
  stage.dispatcher.catch((error) => errors.push(error))
  void onText()
  stage.dispatcher.start()
  await stage.put(textUpdate("x"))
  expect(errors).toEqual([expect.any(HandlerTimeout)])
})
