import { beforeEach, describe, expect, test } from "vitest"
import { Dispatcher, filters, Router } from "../../../src/dispatch/index.js"
import { optInUpdateTypes } from "../../../src/telegram/update-types.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot, pressUpdate, textUpdate } from "../../support/updates.js"

let dispatcher: Dispatcher
let logger: RecordingLogger
let seen: unknown[]

beforeEach(() => {
  logger = new RecordingLogger()
  dispatcher = new Dispatcher({ bot: namedBot(), logger })
  seen = []
})

/** Resolves after a turn of the event loop. */
const turn = () => new Promise((resolve) => setImmediate(resolve))

describe("derived values", () => {
  test("are on the context of the handlers, from a function or a promise", async () => {
    const now = dispatcher.derive((ctx) => ({ name: `user ${ctx.from?.id}` }))
    const later = now.derive(async (ctx) => {
      await turn()
      return { greeting: `Hello, ${ctx.name}` }
    })
    now.command("now", (ctx) => seen.push(ctx.name))
    later.command("later", (ctx) => seen.push(ctx.greeting, ctx.name))
    await dispatcher.process(textUpdate("/now"))
    await dispatcher.process(textUpdate("/later"))
    expect(seen).toEqual(["user 7", "Hello, user 7", "user 7"])
    expect(logger.errors).toEqual([])
  })

  test("are derived once for an update, and shared by its handlers in the router", async () => {
    let count = 0
    const app = dispatcher.derive(async () => ({ box: { number: (count += 1) } }))
    app.use(async (ctx, next) => {
      seen.push(ctx.box)
      await next()
    })
    app.on(filters.text, (ctx) => seen.push(ctx.box))
    app.group(1).on(filters.text, (ctx) => seen.push(ctx.box))
    const mounted = new Router<{ box: { number: number } }>()
    app.group(2).use(mounted)
    mounted.on(filters.text, (ctx) => seen.push(ctx.box))
    await dispatcher.process(textUpdate("x"))
    expect(count).toBe(1)
    expect(seen).toHaveLength(4)
    expect(new Set(seen).size).toBe(1)
  })

  test("are computed only if a handler of the router matches", async () => {
    const app = dispatcher.derive(() => {
      seen.push("derived")
      return { a: 1 }
    })
    app.command("start", () => seen.push("start"))
    app.on(filters.photo, () => seen.push("photo"))
    dispatcher.on(filters.text, () => seen.push("text"))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["text"])
    await dispatcher.process(textUpdate("/start"))
    expect(seen).toEqual(["text", "derived", "start"])
  })

  test("are computed before the handler is called, and after the preceding middleware has begun", async () => {
    dispatcher.use(async (_ctx, next) => {
      seen.push("before")
      await next()
      seen.push("after")
    })
    dispatcher
      .derive(async () => {
        await turn()
        seen.push("derived")
        return { a: 1 }
      })
      .on(filters.text, () => seen.push("text"))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["before", "derived", "text", "after"])
  })

  test("are new for each update", async () => {
    const app = dispatcher.derive(() => ({ list: [] as string[] }))
    app.on(filters.text, (ctx) => {
      ctx.list.push(ctx.message.text)
      seen.push([...ctx.list])
    })
    await dispatcher.process(textUpdate("a"))
    await dispatcher.process(textUpdate("b"))
    expect(seen).toEqual([["a"], ["b"]])
  })

  test("exist only in their router: sibling and outer routers never have them", async () => {
    const names = (ctx: object) => Object.keys(ctx)
    const one = dispatcher.derive(() => ({ shared: 1, one: 1 }))
    const other = dispatcher.derive(async () => ({ shared: 2 }))
    one.use((ctx, next) => seen.push(["one", names(ctx), ctx.shared]) && next())
    other.use((ctx, next) => seen.push(["other", names(ctx), ctx.shared]) && next())
    dispatcher.use((ctx, next) => seen.push(["dispatcher", names(ctx)]) && next())
    one.group(1).use((ctx) => seen.push(["one", names(ctx), ctx.shared]))
    dispatcher.group(2).use((ctx) => seen.push(["dispatcher", names(ctx)]))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([
      ["one", ["shared", "one"], 1],
      ["other", ["shared"], 2],
      ["dispatcher", []],
      ["one", ["shared", "one"], 1],
      ["dispatcher", []],
    ])
  })

  test("of an inner router replace outer values of the same name, for the inner router only", async () => {
    const outer = dispatcher.derive(() => Object.freeze({ user: "outer" }))
    const inner = outer.derive((ctx) => ({ user: `${ctx.user} inner` }))
    inner.on(filters.text, (ctx) => seen.push(ctx.user))
    outer.group(1).on(filters.text, (ctx) => seen.push(ctx.user))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["outer inner", "outer"])
  })

  test("can be a getter, which runs when a handler reads it", async () => {
    const app = dispatcher.derive(() => ({
      get lazy() {
        seen.push("read")
        return 5
      },
    }))
    const inner = app.derive(() => ({ other: 1 }))
    inner.command("no", () => seen.push("no"))
    inner.command("yes", (ctx) => seen.push(ctx.lazy))
    await dispatcher.process(textUpdate("/no"))
    await dispatcher.process(textUpdate("/yes"))
    expect(seen).toEqual(["no", "read", 5])
  })

  test("keep the members of the context: shortcuts, ctx.match and ctx.stop()", async () => {
    const app = dispatcher.derive(async () => ({ a: 1 }))
    app.callbackQuery(/^page:(\d+)$/, async (ctx, next) => {
      seen.push(ctx.match[1])
      await ctx.answer("ok")
      await next()
      seen.push(ctx.match[1])
    })
    app.callbackQuery(/^page:1(\d)$/, (ctx) => {
      seen.push(ctx.match[1])
      ctx.stop()
    })
    dispatcher.group(1).use(() => seen.push("not reached"))
    await dispatcher.process(pressUpdate("page:12"))
    expect(seen).toEqual(["12", "2", "12"])
  })
})

describe("a router of derive", () => {
  test("keeps its place in the order of registration and in the group", async () => {
    const late = dispatcher.group(1).derive(() => ({ a: 1 }))
    const app = dispatcher.derive(() => ({ a: 1 }))
    dispatcher.on(filters.text, () => seen.push("too late"))
    late.on(filters.text, () => seen.push("group 1"))
    late.group(1).on(filters.text, () => seen.push("group 2"))
    app.on(filters.text, () => seen.push("group 0"))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual(["group 0", "group 1", "group 2"])
  })

  test("does not change allowedUpdates or the number of handlers", () => {
    const app = dispatcher.derive(() => ({ a: 1 })).decorate({ b: 1 })
    expect(dispatcher.allowedUpdates).toEqual([])
    app.on(filters.text, () => {})
    expect(dispatcher.allowedUpdates).toEqual(["message"])
    app.chatMember(() => {})
    expect(dispatcher.allowedUpdates).toEqual(["message", "chat_member"])
    expect(optInUpdateTypes).toContain("chat_member")
    expect(dispatcher.handlerCount).toBe(2)
  })

  test("also gives its values to a plain router that is mounted on it", async () => {
    const plain = new Router()
    plain.on(filters.text, (ctx) => seen.push(Object.keys(ctx)))
    dispatcher.decorate({ a: 1 }).use(plain)
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([["a"]])
  })

  test("derives in each place where its parent is mounted", async () => {
    const plain = new Router()
    plain.derive((ctx) => ({ names: Object.keys(ctx) })).use((ctx) => seen.push(ctx.names))
    dispatcher.decorate({ a: 1 }).use(plain)
    dispatcher.decorate({ b: 1 }).group(1).use(plain)
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([["a"], ["b"]])
  })
})

describe("constants of decorate", () => {
  test("are the same for all updates, and inner functions see outer values", async () => {
    const db = { find: (id: number | undefined) => `row ${id}` }
    const app = dispatcher.decorate({ db })
    app
      .derive((ctx) => ({ row: ctx.db.find(ctx.from?.id) }))
      .on(filters.text, (ctx) => seen.push(ctx.db, ctx.row))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([db, "row 7"])
    expect(seen[0]).toBe(db)
  })

  test("are checked immediately", () => {
    expect(() => dispatcher.decorate(undefined as never)).toThrow(
      /^Expected a plain object from `decorate` at .*derive\.test\.ts:\d+:\d+, got undefined/,
    )
    // @ts-expect-error `bot` is a member of every context
    expect(() => dispatcher.decorate({ bot: 1 })).toThrow(
      /got `bot`, which every context has: choose another name/,
    )
  })
})

describe("a wrong derivation", () => {
  test.each([
    ["undefined", undefined, "undefined"],
    ["an array", [], "an array"],
    ["a text", "text", '`"text"` (string)'],
    ["an instance of a class, whose methods a copy would lack", new Map(), "an instance of Map"],
    ["a promise of null", Promise.resolve(null), "null"],
  ])("that returns %s fails the update, and the message names its line", async (_, value, got) => {
    const app = dispatcher.derive((() => value) as never)
    app.on(filters.text, () => seen.push("not reached"))
    dispatcher.catch((error) => seen.push(error.cause))
    await dispatcher.process(textUpdate("x"))
    expect(seen).toEqual([expect.any(TypeError)])
    expect((seen[0] as Error).message).toMatch(
      /^Expected a plain object from `derive` at test\/dispatch\/handlers\/derive\.test\.ts:\d+:\d+, got /,
    )
    expect((seen[0] as Error).message).toContain(`got ${got}: give each value a name`)
  })

  test.each(["message", "reply", "match", "argument", "signal", "toString", "constructor"])(
    "that returns a value with the name %s fails the update, and the message has the name",
    async (name) => {
      const app = dispatcher.derive(() => ({ [name]: 1 }))
      app.on(filters.text, () => seen.push("not reached"))
      dispatcher.catch((error) => seen.push((error.cause as Error).message))
      await dispatcher.process(textUpdate("x"))
      expect(seen).toEqual([
        expect.stringMatching(
          new RegExp(`^Expected new names from .derive. at .*:\\d+, got .${name}., which every`),
        ),
      ])
    },
  )

  test("is refused immediately", () => {
    for (const wrong of [undefined, "x", {}, { derive: 1 }]) {
      expect(() => dispatcher.derive(wrong as never)).toThrow("Expected the `derivation` option")
    }
    const wrong = { derive: () => ({ a: 1 }), beforeDone: 1 }
    expect(() => dispatcher.derive(wrong as never)).toThrow("Expected the `beforeDone` option")
  })
})
