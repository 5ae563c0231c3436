import { describe, expect, test } from "vitest"
import { filters, HandlerTimeout, Router } from "../../../src/dispatch/index.js"
import { textUpdate } from "../../support/updates.js"
import { deferred } from "../../support/waiting.js"
import { dispatchedEach, reference, textIn } from "../../support/dispatched.js"

const dispatched = dispatchedEach()
const soon = { backoff: { firstMs: 1, maxMs: 1 } }

describe("a derivation that fails", () => {
  test.each([
    ["throws", () => fail()],
    ["rejects", async () => fail()],
  ])("and %s keeps the handler from being called, and reaches the nearest catch", async (_, fn) => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const app = dispatcher.derive(fn)
    const nested = new Router()
    app.use(nested)
    nested.command("nested", () => seen.push("not reached"))
    app.command("app", () => seen.push("not reached"))
    dispatcher.catch((error) => seen.push("dispatcher", error.cause))
    await dispatcher.process(textUpdate("/app"))
    expect(seen).toEqual(["dispatcher", thrown])
    seen.length = 0
    app.catch((error) => seen.push("app", error.cause))
    await dispatcher.process(textUpdate("/nested"))
    expect(seen).toEqual(["app", thrown])
    seen.length = 0
    nested.catch((error) => seen.push("nested", error.cause))
    await dispatcher.process(textUpdate("/nested"))
    expect(seen).toEqual(["nested", thrown])
  })

  test("is reported once through a middleware of another router, which can catch it", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const [outer, inner] = [new Router(), new Router()]
    dispatcher.use(outer)
    dispatcher.use(inner)
    outer.use((_ctx, next) => next())
    inner.derive(async () => fail()).on(filters.text, () => seen.push("not reached"))
    outer.catch(() => seen.push("outer"))
    inner.catch(() => seen.push("inner"))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["inner"])
    outer.use((_ctx, next) => next().catch((error) => seen.push(error)))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["inner", thrown])
  })

  test.each([
    ["throws", (count: number) => (count > 0 ? fail() : { a: 1 })],
    ["rejects", async (count: number) => (count > 0 ? fail() : { a: 1 })],
  ])("and %s does so once for an update, also for the router's later groups", async (_, fn) => {
    const { dispatcher } = dispatched
    let [calls, errors] = [0, 0]
    const app = dispatcher.derive(() => fn((calls += 1)))
    for (const group of [0, 1]) app.group(group).on(filters.text, () => {})
    dispatcher.catch(() => (errors += 1))
    await dispatcher.process(textUpdate("x"))
    expect({ calls, errors }).toEqual({ calls: 1, errors: 2 })
  })

  test("fails once for all routers that derive one object", async () => {
    const { dispatcher } = dispatched
    let [calls, errors] = [0, 0]
    const failing = { derive: (): { a: number } => fail((calls += 1)) }
    for (const group of [0, 1])
      dispatcher
        .group(group)
        .derive(failing)
        .use(() => {})
    dispatcher.catch(() => (errors += 1))
    await dispatcher.process(textUpdate("x"))
    expect({ calls, errors }).toEqual({ calls: 1, errors: 2 })
  })

  test("gives error handlers the available values: none of inner routers", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const outer = dispatcher.derive(() => ({ outer: 1 }))
    const inner = outer.derive(async (): Promise<{ inner: number }> => fail())
    const innermost = inner.derive(() => ({ innermost: 1 }))
    innermost.on(filters.text, () => {})
    innermost.catch((_error, ctx) => seen.push(["innermost", Object.keys(ctx)]))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([["innermost", ["outer"]]])
  })

  test("of a handler with values shows each catch the values of its own router", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const outer = dispatcher.derive(() => ({ outer: 1 }))
    const inner = outer.derive(() => ({ inner: 1 }))
    inner.on(filters.text, () => fail())
    const registration = inner.catch((_error, ctx) => seen.push(Object.keys(ctx), ctx.inner))
    await dispatcher.process(textUpdate("x"))
    registration.remove()
    outer.catch((_error, ctx) => seen.push(Object.keys(ctx), ctx.outer))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([["outer", "inner"], 1, ["outer"], 1])
  })

  test("is retried with the update, and its values are new for each attempt", async () => {
    const dispatcher = dispatched.dispatcherWith({ attempts: { max: 3, ...soon } })
    const seen: unknown[] = []
    const app = dispatcher.derive(async (ctx) => {
      if (ctx.attempt === 1) fail()
      return { list: [] as number[] }
    })
    app.on(filters.text, (ctx) => {
      ctx.list.push(ctx.attempt)
      seen.push([...ctx.list])
      if (ctx.attempt === 2) fail()
    })
    dispatcher.catch((_error, _ctx, failure) => seen.push(failure.next))
    dispatcher.start()
    await dispatched.put(textIn(1))
    expect(seen).toEqual(["retry", [2], "retry", [3]])
    await dispatcher.stop()
  })

  test("waits for its calls, and reports the error of a call that is not awaited", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const app = dispatcher.derive((ctx) => {
      // A text has no answer: the call rejects.
      void ctx.answer(undefined as never)
      return { a: 1 }
    })
    app.on(filters.text, () => seen.push("text"))
    dispatcher.catch((error) => seen.push(error.cause))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["text", expect.any(TypeError)])
  })
})

describe("a slow derivation", () => {
  test("counts towards handlerTimeoutMs, has ctx.signal, and no handler is called afterwards", async () => {
    const dispatcher = dispatched.dispatcherWith({ handlerTimeoutMs: 20 })
    const seen: unknown[] = []
    const app = dispatcher.derive(async (ctx) => {
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
      seen.push(ctx.signal.reason)
      return { a: 1 }
    })
    const inner = app.derive(() => {
      seen.push("not reached")
      return { b: 1 }
    })
    inner.on(filters.text, () => seen.push("not reached"))
    app.catch((error) => seen.push(error))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([expect.any(HandlerTimeout), expect.any(HandlerTimeout)])
    expect(seen[0]).toBe(seen[1])
  })

  test("is interrupted by a stop, and its update is handed back", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const began = deferred()
    const app = dispatcher.derive(async (ctx) => {
      began.resolve()
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
      return { a: 1 }
    })
    app.on(filters.text, () => seen.push("not reached"))
    dispatcher.catch((error) => seen.push(error))
    dispatcher.start()
    const update = textIn(1)
    const put = dispatched.put(update).catch(() => seen.push("refused"))
    await began.promise
    const verdict = await dispatcher.stop({ deadlineMs: 0 })
    expect(verdict.handedBack).toEqual([reference(update)])
    await put
    expect(seen).toEqual(["refused"])
  })
})

const thrown = new Error("no luck")

function fail(_call?: number): never {
  throw thrown
}
