import { expect, test, vi } from "vitest"
import { filters, Router } from "../../../src/dispatch/index.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"
import { pressUpdate } from "../../support/updates.js"

const stage = dispatchedEach()

/** Returns a router that records the texts it gets under its name. */
function noting(name: string, seen: string[]): Router {
  const router = new Router()
  router.on(filters.text, (ctx) => void seen.push(`${name} ${ctx.message.text}`))
  return router
}

test("an update goes to the router whose name the function returns", async () => {
  const seen: string[] = []
  stage.dispatcher.route((ctx) => (ctx.chat?.id === 1 ? "one" : "two"), {
    one: noting("one", seen),
    two: noting("two", seen),
  })
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  await stage.put(textIn(2, "b"))
  expect(seen).toEqual(["one a", "two b"])
})

test.each([
  ["no name", undefined],
  ["an unknown name", "other"],
  ["a name of every object", "constructor"],
  ["a router without a matching handler", "photos"],
])("with %s, the update goes to the next handler", async (_, name) => {
  const seen: string[] = []
  const photos = new Router()
  photos.on(filters.photo, () => {})
  stage.dispatcher.route(() => name, { one: noting("one", seen), photos })
  stage.dispatcher.use(noting("after", seen))
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  expect(seen).toEqual(["after a"])
})

test("a function that reads state is awaited, and called once for all groups", async () => {
  const seen: string[] = []
  const one = noting("one", seen)
  one.group(1).on(filters.text, (ctx) => void seen.push(`late ${ctx.message.text}`))
  const choose = vi.fn(async (ctx: { state: { get(space: string, key: string): unknown } }) =>
    (await ctx.state.get("place", "1")) === undefined ? "one" : "two",
  )
  stage.dispatcher.route(choose, { one, two: noting("two", seen) })
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  expect(seen).toEqual(["one a", "late a"])
  expect(choose).toHaveBeenCalledTimes(1)
})

test("the function is not called for an update that no router can match", async () => {
  const choose = vi.fn(() => "one")
  const one = new Router()
  one.command("start", () => {})
  one.callbackQuery("yes", () => {})
  stage.dispatcher.route(choose, { one })
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  await stage.put(textIn(1, "/help"))
  await stage.put(pressUpdate("no"))
  expect(choose).not.toHaveBeenCalled()
  await stage.put(textIn(1, "/start"))
  expect(choose).toHaveBeenCalledTimes(1)
})

test("next() continues within the router, and then behind it", async () => {
  const seen: string[] = []
  const one = new Router()
  one.use(async (_, next) => {
    seen.push("before")
    await next()
    seen.push("after")
  })
  one.on(filters.text, (_, next) => {
    seen.push("in")
    return next()
  })
  stage.dispatcher.route(() => "one", { one })
  stage.dispatcher.use(noting("behind", seen))
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  expect(seen).toEqual(["before", "in", "behind a", "after"])
})

test("routers within routers are chosen in turn", async () => {
  const seen: string[] = []
  const outer = new Router()
  outer.route(() => "inner", { inner: noting("inner", seen) })
  stage.dispatcher.route(() => "outer", { outer })
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  expect(seen).toEqual(["inner a"])
  expect(stage.dispatcher.handlerCount).toBe(1)
})

test("error handlers of the chosen router get its errors, those around it the function's", async () => {
  const seen: string[] = []
  const one = new Router()
  one.on(filters.text, () => {
    throw new Error("in the router")
  })
  one.catch((error) => void seen.push(`one: ${String(error.cause)}`))
  stage.dispatcher.catch((error) => void seen.push(`all: ${String(error.cause)}`))
  const choose = (ctx: { chat?: { id: number } | undefined }) => {
    if (ctx.chat?.id === 2) throw new Error("in the function")
    return "one"
  }
  stage.dispatcher.route(choose, { one })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await stage.put(textIn(2))
  expect(seen).toEqual(["one: Error: in the router", "all: Error: in the function"])
})

test("the function and the routers have the values derived around them", async () => {
  const seen: unknown[] = []
  const named = stage.dispatcher.derive(async () => ({ userName: "ada" }))
  const one = new Router<{ userName: string }>()
  one.on(filters.text, (ctx) => void seen.push(ctx.userName))
  named.route((ctx) => (ctx.userName === "ada" ? "one" : undefined), { one })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(seen).toEqual(["ada"])
})

test("values that only the function used have no end to wait for", async () => {
  const beforeDone = vi.fn()
  const named = stage.dispatcher.derive({ derive: () => ({ userName: "ada" }), beforeDone })
  const one = new Router()
  one.command("start", () => {})
  one.on(filters.photo, () => {})
  named.route(() => "one", { one, two: noting("two", []) })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(beforeDone).not.toHaveBeenCalled()
  await stage.put(textIn(1, "/start"))
  expect(beforeDone).toHaveBeenCalledTimes(1)
})

test("types, the number of handlers, and own updates include those of all routers", async () => {
  const seen: unknown[] = []
  const [one, two] = [new Router(), new Router()]
  one.command("start", () => {})
  one.event("due", (ctx) => void seen.push(ctx.own.data))
  one.group(3).messageReaction(() => {})
  two.callbackQuery("due elsewhere", () => {})
  two.on(filters.text, () => {})
  const mounted = stage.dispatcher.route(() => "one", { one, two })
  expect(stage.dispatcher.allowedUpdates).toEqual(["message", "message_reaction", "callback_query"])
  expect(stage.dispatcher.handlerCount).toBe(5)
  stage.dispatcher.start()
  const write = (name: string) =>
    stage.queue.state.write([{ kind: "put", botId: 110, own: { name, lane: "1", data: name } }])
  await write("due")
  await write("due elsewhere")
  await stage.put(textIn(1))
  await vi.waitFor(() => expect(seen).toEqual(["due"]))
  // A button with the same text is not a handler of the event.
  await vi.waitFor(() => expect(stage.logger.lines.join()).toContain('"due elsewhere"'))
  mounted.remove()
  expect(stage.dispatcher.handlerCount).toBe(0)
})

test("a handler added later is found, and a router cannot contain itself", async () => {
  const seen: string[] = []
  const one = new Router()
  const other = new Router()
  stage.dispatcher.route(() => "one", { one })
  stage.dispatcher.start()
  await stage.put(textIn(1, "a"))
  one.use(noting("later", seen))
  await stage.put(textIn(1, "b"))
  expect(seen).toEqual(["later b"])
  expect(() => other.route(() => "a", { other })).toThrow("contains it")
  one.use(other)
  expect(() => other.route(() => "a", { one })).toThrow("contains it")
  expect(() => one.route("a" as never, {})).toThrow("`choose` option to be a function")
  expect(() => one.route(() => "a", { a: {} as never })).toThrow("`a` option to be a router")
})

test("advice judges each router by itself", async () => {
  const dispatcher = stage.dispatcherWith({ advice: true })
  const [one, two] = [new Router(), new Router()]
  one.command("start", () => {})
  two.command("start", () => {})
  dispatcher.route(() => "one", { one, two })
  dispatcher.start()
  await dispatcher.stop()
  expect(stage.logger.lines).toEqual([])
  two.command("start", () => {})
  dispatcher.start()
  await dispatcher.stop()
  expect(stage.logger.lines.join()).toContain("/start never runs")
})

test("a thousand routers are looked up as fast as ten", async () => {
  const calls: string[] = []
  const accepts = vi.fn(() => true)
  const routers = Object.fromEntries(
    Array.from({ length: 1_000 }, (_, index) => {
      const router = new Router()
      router.on(accepts, () => void calls.push(`${index}`))
      return [`${index}`, router]
    }),
  )
  stage.dispatcher.route((ctx) => `${ctx.chat?.id}`, routers)
  stage.dispatcher.start()
  await stage.put(textIn(999))
  expect(calls).toEqual(["999"])
  expect(accepts).toHaveBeenCalledTimes(1)
})
