import { beforeEach, describe, expect, test } from "vitest"
import { Dispatcher, filters, HandlerTimeout, Router } from "../../../src/dispatch/index.js"
import { HandlerError } from "../../../src/telegram/errors.js"
import { namedBot, textUpdate, token } from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

let dispatcher: Dispatcher
let logger: RecordingLogger
let told: string[]

beforeEach(() => {
  logger = new RecordingLogger()
  dispatcher = new Dispatcher({ bot: namedBot(), logger })
  told = []
})

const fails = (what: string) => () => {
  throw new Error(what)
}

describe("a handler that throws", () => {
  test("reaches the error handlers, with its update and the thrown value", async () => {
    const thrown = new Error("no luck")
    const update = textUpdate("x")
    const errors: unknown[] = []
    dispatcher.on(filters.text, () => Promise.reject(thrown))
    dispatcher.catch((error, ctx) => errors.push(error, ctx.update))
    await dispatcher.process(update)
    expect(errors).toEqual([expect.any(HandlerError), update])
    expect(errors[0]).toMatchObject({ code: "handler-error", update, cause: thrown })
    expect(logger.errors).toEqual([])
  })

  test("skips the rest of its group, and no other group", async () => {
    dispatcher.use(async (_ctx, next) => {
      await next()
      told.push("not reached")
    })
    dispatcher.on(filters.text, fails("oh"))
    dispatcher.on(filters.text, () => told.push("not reached"))
    dispatcher.group(1).on(filters.text, () => told.push("1"))
    dispatcher.catch((error) => told.push(error.message.replace(/\d+/, "N")))
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["A handler failed on update N: oh", "1"])
  })

  test("is reported once, whatever rethrew it, and not if it was caught", async () => {
    dispatcher.use((_ctx, next) => next())
    dispatcher.use((_ctx, next) => next().catch(() => told.push("caught")))
    dispatcher.use((_ctx, next) => next())
    dispatcher.command("throw", fails("oh"))
    dispatcher.catch((error) => told.push(error.message))
    await dispatcher.process(textUpdate("/throw"))
    expect(told).toEqual(["caught"])
  })

  test("behind a next() that is not awaited is reported too, and ends no process", async () => {
    dispatcher.use((_ctx, next) => void next())
    dispatcher.command("now", fails("at once"))
    dispatcher.command("later", async () => {
      await new Promise((resolve) => setImmediate(resolve))
      throw new Error("later")
    })
    dispatcher.catch((error) => told.push((error.cause as Error).message))
    await dispatcher.process(textUpdate("/now"))
    await dispatcher.process(textUpdate("/later"))
    expect(told).toEqual(["at once", "later"])
  })

  test("can throw any value", async () => {
    const unprintable = Object.create(null) as object
    for (const thrown of ["text", undefined, null, 5, Symbol("s"), unprintable]) {
      const registration = dispatcher.on(filters.text, () => {
        throw thrown
      })
      await dispatcher.process(textUpdate("x"))
      registration.remove()
    }
    expect(logger.errors).toHaveLength(6)
    expect(logger.errors[0]).toMatch(/^A handler failed on update \d+: text$/)
  })

  test("can throw a filter, a thenable, or a HandlerError", async () => {
    dispatcher.on(fails("filter"), () => {})
    const first = dispatcher.catch((error) => told.push((error.cause as Error).message))
    await dispatcher.process(textUpdate("x"))
    first.remove()
    const own = new Dispatcher({ bot: namedBot(), logger })
    const errors: HandlerError[] = []
    own.catch((error) => errors.push(error))
    own.use((_ctx, next) =>
      next().catch((error: unknown) => {
        throw error
      }),
    )
    own.on(filters.text, (ctx) => {
      throw new HandlerError(ctx.update, "mine")
    })
    await own.process(textUpdate("x"))
    expect(told).toEqual(["filter"])
    expect(errors[0]?.cause).toBe("mine")
  })
})

describe("error handlers", () => {
  test("of one router are all called, in their order, and can be removed", async () => {
    dispatcher.on(filters.text, fails("oh"))
    dispatcher.catch(() => told.push("first"))
    const second = dispatcher.catch(() => told.push("second"))
    dispatcher.group(3).catch(() => told.push("third"))
    await dispatcher.process(textUpdate("x"))
    second.remove()
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["first", "second", "third", "first", "third"])
  })

  test("of the nearest router that has any are called", async () => {
    const outer = new Router()
    const inner = new Router()
    const bare = new Router()
    dispatcher.use(outer)
    outer.use(inner)
    inner.use(bare)
    bare.command("bare", fails("bare"))
    inner.command("inner", fails("inner"))
    outer.command("outer", fails("outer"))
    dispatcher.command("root", fails("root"))
    inner.catch((error) => told.push(`inner: ${(error.cause as Error).message}`))
    dispatcher.catch((error) => told.push(`root: ${(error.cause as Error).message}`))
    for (const name of ["bare", "inner", "outer", "root"]) {
      await dispatcher.process(textUpdate(`/${name}`))
    }
    expect(told).toEqual(["inner: bare", "inner: inner", "root: outer", "root: root"])
  })

  test("are those of the handler that threw, not of the middleware before it", async () => {
    const router = new Router()
    dispatcher.use((_ctx, next) => next())
    dispatcher.use(router)
    router.on(filters.text, fails("oh"))
    router.catch(() => told.push("router"))
    dispatcher.catch(() => told.push("root"))
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["router"])
  })

  test("are those of the middleware if it throws afterwards", async () => {
    const router = new Router()
    dispatcher.use(async (_ctx, next) => {
      await next()
      throw new Error("afterwards")
    })
    dispatcher.use(router)
    router.on(filters.text, () => told.push("handled"))
    router.catch(() => told.push("router"))
    dispatcher.catch(() => told.push("root"))
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["handled", "root"])
  })

  test("are awaited", async () => {
    dispatcher.on(filters.text, fails("oh"))
    dispatcher.catch(async () => {
      await new Promise((resolve) => setImmediate(resolve))
      told.push("end")
    })
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["end"])
  })

  test("that throw are logged, with the reported error, and the others are still called", async () => {
    dispatcher.on(filters.text, fails("first failure"))
    dispatcher.catch(() => Promise.reject(new Error("second failure")))
    dispatcher.catch(() => told.push("other"))
    await dispatcher.process(textUpdate("x"))
    expect(told).toEqual(["other"])
    expect(logger.errors[0]).toMatch(/^An error handler failed on update \d+: .*second failure/)
    expect(logger.errors[1]).toMatch(/first failure/)
  })
})

test("without an error handler an error is logged, with update id and stack, without the token", async () => {
  dispatcher.on(filters.text, fails(`https://api.telegram.org/bot${token}/x`))
  const update = textUpdate("x")
  await dispatcher.process(update)
  expect(logger.errors).toHaveLength(1)
  expect(logger.errors[0]).toContain(`update ${update.update_id}`)
  expect(logger.errors[0]).toContain("errors.test.ts")
  expect(logger.errors[0]).toContain("bot<token>")
  expect(logger.errors[0]).not.toContain(token)
})

test("a timeout is a HandlerError with a code of its own", () => {
  const error = new HandlerTimeout(textUpdate("x"), 30)
  expect(error).toBeInstanceOf(HandlerError)
  expect(error).toMatchObject({ code: "handler-timeout", name: "HandlerTimeout", timeoutMs: 30 })
  expect(error.message).toMatch(/^A handler failed on update \d+: it has been running for 30 ms$/)
})
