import { describe, expect, test } from "vitest"
import { type Deriver, filters, HandlerTimeout, Router } from "../../../src/dispatch/index.js"
import { textUpdate } from "../../support/updates.js"
import { deferred } from "../../support/waiting.js"
import { dispatchedEach, reference, textIn } from "../../support/dispatched.js"

const dispatched = dispatchedEach()

/** Derives a counter that is stored when the update is done. */
function counter(stored: unknown[]): Deriver<{ counter: { count: number } }> {
  return {
    async derive() {
      return { counter: { count: 0 } }
    },
    async beforeDone(ctx, values) {
      expect(ctx.counter).toBe(values.counter)
      await new Promise((resolve) => setImmediate(resolve))
      stored.push(`stored ${values.counter.count}`)
    },
  }
}

describe("beforeDone of a derivation", () => {
  test("is called after all handlers of all groups, and before the update is done", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const app = dispatcher.derive(counter(seen))
    app.on(filters.text, (ctx) => (ctx.counter.count += 1))
    app.group(1).on(filters.text, (ctx) => (ctx.counter.count += 1))
    dispatcher.group(2).use(() => seen.push("last handler"))
    dispatcher.start()
    await dispatched.put(textIn(1))
    expect(seen).toEqual(["last handler", "stored 2"])
  })

  test("writes state that is committed with the update, and no write of a failed update is", async () => {
    const { dispatcher } = dispatched
    const visits: Deriver<{ visits: { count: number } }> = {
      derive: async (ctx) => ({ visits: { count: Number((await ctx.state.get("v", "1")) ?? 0) } }),
      beforeDone: (ctx, values) => ctx.state.set("v", "1", values.visits.count),
    }
    const seen: unknown[] = []
    const app = dispatcher.derive(visits)
    app.on(filters.text, (ctx) => {
      seen.push((ctx.visits.count += 1))
      if (ctx.message.text === "fail") throw new Error("no luck")
    })
    dispatcher.start()
    await dispatched.put(textIn(1))
    await dispatched.put(textIn(1, "fail"))
    await dispatched.put(textIn(1))
    await Promise.all([textIn(2), textIn(3), textIn(4)].map((update) => dispatched.put(update)))
    expect(await dispatched.queue.state.read([{ botId: 110, space: "v", key: "1" }])).toEqual([
      expect.objectContaining({ json: "5" }),
    ])
    expect(seen.slice(0, 3)).toEqual([1, 2, 2])
  })

  test("is called in the order in which values were derived, and only for values that were", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const noting = (name: string): Deriver<{ name: string }> => ({
      derive: () => ({ name }),
      beforeDone: () => seen.push(name),
    })
    const inner = dispatcher.derive(noting("outer")).derive(noting("inner"))
    dispatcher.derive(noting("unused")).on(filters.photo, () => {})
    dispatcher.derive(noting("first")).use((_ctx, next) => next())
    inner.group(1).use(() => {})
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["first", "outer", "inner"])
  })

  test("is called once where several routers derive one object, and they share its values", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const shared = counter(seen)
    const one = dispatcher.derive(shared)
    const other = dispatcher.decorate({ b: 1 }).derive(shared)
    one.use((ctx, next) => (ctx.counter.count += 1) && next())
    other.use((ctx) => (ctx.counter.count += 1))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["stored 2"])
  })

  test.each(["throws", "rejects"])("that %s fails the update like a handler", async (how) => {
    const dispatcher = dispatched.dispatcherWith({ attempts: { max: 2, backoff: () => 1 } })
    const seen: unknown[] = []
    const app = dispatcher.derive({
      derive: (ctx) => ({ number: ctx.attempt }),
      beforeDone(_ctx, { number }) {
        if (number > 1) return seen.push("stored")
        if (how === "throws") throw new Error("no room")
        return Promise.reject(new Error("no room"))
      },
    })
    const nested = new Router()
    app.use(nested)
    nested.on(filters.text, () => seen.push("text"))
    nested.catch(() => seen.push("not reached: the router of the values is around this one"))
    app.catch((error, ctx, failure) =>
      seen.push((error.cause as Error).message, ctx.number, failure.next),
    )
    dispatcher.start()
    await dispatched.put(textIn(1))
    expect(seen).toEqual(["text", "no room", 1, "retry", "text", "stored"])
    await dispatcher.stop()
  })

  test("that fails ends the calls of later ones", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const failing: Deriver<{ a: number }> = {
      derive: () => ({ a: 1 }),
      beforeDone: (ctx) => ctx.answer(undefined as never),
    }
    dispatcher
      .derive(failing)
      .derive(counter(seen))
      .use(() => {})
    dispatcher.catch((error) => seen.push(error.cause))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([expect.any(TypeError)])
  })

  test("is not called after a failure, also one that is not retried", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const app = dispatcher.derive(counter(seen))
    app.on(filters.text, (ctx) => (ctx.counter.count += 1))
    dispatcher.group(1).use(() => {
      throw new Error("no luck")
    })
    dispatcher.catch((error) => seen.push((error.cause as Error).message))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["no luck"])
  })

  test("is not called after a time-out", async () => {
    const dispatcher = dispatched.dispatcherWith({ handlerTimeoutMs: 20 })
    const seen: unknown[] = []
    const app = dispatcher.derive(counter(seen))
    app.on(
      filters.text,
      (ctx) => new Promise((resolve) => ctx.signal.addEventListener("abort", resolve)),
    )
    dispatcher.catch((error) => seen.push(error))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([expect.any(HandlerTimeout)])
  })

  test("is not called after an interruption, and the update is handed back", async () => {
    const { dispatcher } = dispatched
    const seen: unknown[] = []
    const began = deferred()
    const app = dispatcher.derive(counter(seen))
    app.on(filters.text, async (ctx) => {
      began.resolve()
      await new Promise((resolve) => ctx.signal.addEventListener("abort", resolve))
    })
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

test("afterFailure writes state after a failed handler, and its error is logged", async () => {
  const { dispatcher, queue, logger } = dispatched
  const failing: Deriver<{ note: string }> = {
    derive: () => ({ note: "a" }),
    afterFailure: (ctx, { note }) => {
      ctx.state.set("notes", "1", note)
      throw new Error("Not noted")
    },
  }
  dispatcher.derive(failing).on(filters.text, (ctx) => {
    ctx.state.set("notes", "2", "undone")
    throw new Error("Failed")
  })
  dispatcher.start()
  const update = textIn(1)
  await dispatched.put(update)
  const { botId } = reference(update)
  const keys = ["1", "2"].map((key) => ({ botId, space: "notes", key }))
  expect(await queue.state.read(keys)).toMatchObject([{ json: '"a"' }, undefined])
  expect(logger.errors.join()).toContain("Not noted")
})
