import { describe, expect, test } from "vitest"
import { Dispatcher, Router } from "../../../src/dispatch/index.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot, textUpdate } from "../../support/updates.js"
import { deferred, isSettled, untilTrue } from "../../support/waiting.js"

const stage = dispatchedEach()

describe("a promise of `ctx.waitUntil`", () => {
  test("does not delay the next update of its lane", async () => {
    const work = deferred()
    const seen: string[] = []
    stage.dispatcher.use((ctx) => {
      seen.push(ctx.message?.text ?? "")
      ctx.waitUntil(work.promise)
    })
    stage.dispatcher.start()
    await stage.put(textIn(7, "a"))
    await stage.put(textIn(7, "b"))
    expect(seen).toEqual(["a", "b"])
    work.resolve()
  })

  test("is waited for by `stop`, also if it begins during the stop", async () => {
    const [first, second] = [deferred(), deferred()]
    const { dispatcher } = stage
    dispatcher.use((ctx) => {
      ctx.waitUntil(first.promise.then(() => ctx.waitUntil(second.promise)))
    })
    dispatcher.start()
    await stage.put(textIn(7))
    const stopped = dispatcher.stop()
    expect(await isSettled(stopped)).toBe(false)
    first.resolve()
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await isSettled(stopped)).toBe(false)
    second.resolve()
    await stopped
  })

  test("is waited for by `stop` of a dispatcher that takes from no queue", async () => {
    const work = deferred()
    const dispatcher = new Dispatcher({ bot: namedBot() })
    dispatcher.use((ctx) => ctx.waitUntil(work.promise))
    await dispatcher.process(textUpdate("x"))
    const stopped = dispatcher.stop()
    expect(await isSettled(stopped)).toBe(false)
    work.resolve()
    await stopped
  })

  test("has its `ctx.signal` aborted at the deadline, and is then given up and logged", async () => {
    const { dispatcher, logger } = stage
    let signal: AbortSignal | undefined
    dispatcher.use((ctx) => {
      signal = ctx.signal
      ctx.waitUntil(new Promise(() => {}))
    })
    dispatcher.start()
    await stage.put(textIn(7))
    await dispatcher.stop({ deadlineMs: 10 })
    expect(signal?.aborted).toBe(true)
    expect(logger.lines).toEqual([expect.stringContaining("1 promise of `ctx.waitUntil`")])
  })

  test("that ends at the abort is not logged", async () => {
    const { dispatcher, logger } = stage
    dispatcher.use((ctx) =>
      ctx.waitUntil(
        new Promise<void>((resolve) => {
          ctx.signal.addEventListener("abort", () => resolve())
        }),
      ),
    )
    dispatcher.start()
    await stage.put(textIn(7))
    await dispatcher.stop({ deadlineMs: 10 })
    expect(logger.lines).toEqual([])
  })

  test("passes its error to the error handlers of the router whose handler made it", async () => {
    const [router, seen] = [new Router(), [] as unknown[]]
    router.use(async (ctx) => {
      await Promise.resolve()
      ctx.waitUntil(Promise.reject(new Error("late")))
    })
    router.catch((error, ctx, failure) => {
      seen.push([(error.cause as Error).message, ctx.update.update_id, failure.next])
    })
    stage.dispatcher.use(router)
    stage.dispatcher.catch(() => void seen.push("outer"))
    stage.dispatcher.start()
    const update = textIn(7)
    await stage.put(update)
    await untilTrue(() => seen.length > 0)
    expect(seen).toEqual([["late", update.update_id, "done"]])
  })

  test("logs its error if there are no error handlers", async () => {
    const logger = new RecordingLogger()
    const dispatcher = new Dispatcher({ bot: namedBot(), logger })
    dispatcher.use((ctx) => ctx.waitUntil(Promise.reject(new Error("late"))))
    await dispatcher.process(textUpdate("x"))
    await dispatcher.stop()
    expect(logger.lines.join("\n")).toContain("late")
  })

  test.each([undefined, 5, () => {}])("must be a promise: %s is a TypeError", async (value) => {
    const dispatcher = new Dispatcher({ bot: namedBot() })
    let cause: unknown
    dispatcher.use((ctx) => ctx.waitUntil(value as never))
    dispatcher.catch((error) => (cause = error.cause))
    await dispatcher.process(textUpdate("x"))
    expect(cause).toBeInstanceOf(TypeError)
  })
})
