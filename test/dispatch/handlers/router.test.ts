import fc from "fast-check"
import { beforeEach, describe, expect, test } from "vitest"
import { Dispatcher, filters, Router } from "../../../src/dispatch/index.js"
import { updateTypes } from "../../../src/telegram/update-types.js"
import {
  messageUpdate,
  namedBot,
  pressUpdate,
  textUpdate,
  updateWith,
} from "../../support/updates.js"
import { RecordingLogger } from "../../support/recording-logger.js"

let dispatcher: Dispatcher
let seen: string[]

beforeEach(() => {
  dispatcher = new Dispatcher({ bot: namedBot() })
  seen = []
})

const note = (what: string) => () => void seen.push(what)

describe("in a group", () => {
  test("the first matching handler gets the update", async () => {
    dispatcher.on(filters.photo, note("photo"))
    dispatcher.on(filters.text, note("first"))
    dispatcher.on(filters.text, note("second"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["first"])
  })

  test("next() passes the update on, and resolves when the next handler has ended", async () => {
    dispatcher.use(async (_ctx, next) => {
      seen.push("before")
      await next()
      seen.push("after")
    })
    dispatcher.on(filters.photo, note("photo"))
    dispatcher.on(filters.text, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push("text")
    })
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["before", "text", "after"])
  })

  test("next() in the last handler does nothing", async () => {
    dispatcher.on(filters.text, (_ctx, next) => next().then(note("end")))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["end"])
  })

  test("a second next() returns the promise of the first", async () => {
    dispatcher.use(async (_ctx, next) => {
      expect(next()).toBe(next())
      await next()
    })
    dispatcher.on(filters.text, note("one"))
    dispatcher.on(filters.text, note("two"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["one"])
  })

  test("an update is handled only when handlers that are not awaited have also ended", async () => {
    dispatcher.use((_ctx, next) => void next())
    dispatcher.on(filters.text, async () => {
      await new Promise((resolve) => setImmediate(resolve))
      seen.push("end")
    })
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["end"])
  })

  test("all handlers get the same context", async () => {
    const contexts = new Set<unknown>()
    dispatcher.use((ctx, next) => contexts.add(ctx) && next())
    dispatcher.on(filters.text, (ctx) => contexts.add(ctx))
    dispatcher.group(1).on(filters.text, (ctx) => contexts.add(ctx))
    await dispatcher.process(textUpdate("hello"))
    expect(contexts.size).toBe(1)
  })

  test("ctx.match belongs to the running handler, also after next()", async () => {
    dispatcher.on(filters.regex(/a(.)/), async (ctx, next) => {
      seen.push(`one ${ctx.match[1]}`)
      await next()
      seen.push(`one ${ctx.match[1]}`)
    })
    dispatcher.on(filters.and(filters.text, filters.regex(/b(.)/)), (ctx) => {
      seen.push(`two ${ctx.match[1]}`)
    })
    await dispatcher.process(textUpdate("a1 b2"))
    expect(seen).toEqual(["one 1", "two 2", "one 1"])
  })
})

describe("groups", () => {
  test("run in ascending order, all of them", async () => {
    dispatcher.group(2).on(filters.text, note("2"))
    dispatcher.on(filters.text, note("0"))
    dispatcher.group(-1).on(filters.text, note("-1"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["-1", "0", "2"])
  })

  test("do not run after ctx.stop()", async () => {
    dispatcher.on(filters.text, (ctx) => ctx.stop())
    dispatcher.group(1).on(filters.text, note("1"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual([])
  })

  test("with the same number are one", async () => {
    dispatcher.group(1).on(filters.text, note("first"))
    dispatcher.group(1).on(filters.text, note("second"))
    dispatcher.group(0).on(filters.photo, note("photo"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["first"])
  })

  test("have an integer as their number", () => {
    expect(() => dispatcher.group(1.5)).toThrow(TypeError)
    expect(() => dispatcher.group(Number.NaN)).toThrow("`group`")
  })
})

describe("a mounted router", () => {
  test("is in the place where it was mounted, whenever its handlers are added", async () => {
    const router = new Router()
    dispatcher.use(router)
    dispatcher.on(filters.text, note("behind"))
    router.on(filters.text, note("router"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["router"])
  })

  test("passes on an update that none of its handlers match", async () => {
    const router = new Router()
    router.command("start", note("router"))
    dispatcher.use(router)
    dispatcher.on(filters.text, note("behind"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["behind"])
  })

  test("adds its groups to the group it is mounted in", async () => {
    const router = new Router()
    router.group(1).on(filters.text, note("2"))
    dispatcher.group(1).use(router)
    dispatcher.group(3).on(filters.text, note("3"))
    dispatcher.group(1).on(filters.text, note("1"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["1", "2", "3"])
  })

  test("can be mounted twice and removed once", async () => {
    const router = new Router()
    const first = dispatcher.use(router)
    dispatcher.group(1).use(router)
    first.remove()
    router.on(filters.text, note("once"))
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["once"])
  })

  test("cannot be mounted on itself, directly or indirectly", () => {
    const outer = new Router()
    const inner = new Router()
    outer.use(inner)
    expect(() => inner.use(outer)).toThrow(TypeError)
    expect(() => outer.use(outer)).toThrow(TypeError)
    expect(() => dispatcher.use(outer.group(1))).toThrow("mount the router itself")
  })
})

describe("a registration", () => {
  test("is undone with remove(), which can be called repeatedly", async () => {
    const registration = dispatcher.on(filters.text, note("gone"))
    dispatcher.on(filters.text, note("stays"))
    registration.remove()
    registration.remove()
    await dispatcher.process(textUpdate("hello"))
    expect(seen).toEqual(["stays"])
  })

  test("an update in progress finishes with its initial handlers", async () => {
    dispatcher.use(async (_ctx, next) => {
      second.remove()
      dispatcher.group(1).on(filters.text, note("new"))
      await next()
    })
    const second = dispatcher.on(filters.text, note("second"))
    await dispatcher.process(textUpdate("one"))
    expect(seen).toEqual(["second"])
    await dispatcher.process(textUpdate("two"))
    expect(seen).toEqual(["second", "new"])
  })

  test("on a mounted router reaches its dispatcher, and no longer once it is removed", async () => {
    const router = new Router()
    const mounted = dispatcher.use(router)
    const handler = router.on(filters.text, note("router"))
    await dispatcher.process(textUpdate("one"))
    handler.remove()
    await dispatcher.process(textUpdate("two"))
    mounted.remove()
    router.on(filters.text, note("unheard"))
    await dispatcher.process(textUpdate("three"))
    expect(seen).toEqual(["router"])
  })
})

describe("every type of update", () => {
  test.each(updateTypes)("%s has a method, and reaches its handler alone", async (type) => {
    const name = type.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
    for (const other of updateTypes) {
      const method = other.replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase())
      // The method's name is computed here, as the compiler computes it for the types.
      const register = Reflect.get(dispatcher, method) as (handler: () => void) => void
      register.call(dispatcher, note(other))
    }
    await dispatcher.process(updateWith({ [type]: { from: { id: 1 } } }))
    expect(seen).toEqual([type])
    expect(name in dispatcher).toBe(true)
    expect(dispatcher.allowedUpdates).toEqual(updateTypes)
  })

  test("a method takes a filter before the handler", async () => {
    dispatcher.editedMessage(filters.edited(filters.photo), note("photo"))
    dispatcher.editedMessage(filters.edited(filters.text), note("text"))
    await dispatcher.process(updateWith({ edited_message: { text: "x", chat: { id: 1 } } }))
    expect(seen).toEqual(["text"])
  })

  test("a type that does not exist yet reaches handlers of any type", async () => {
    dispatcher.on(filters.text, note("text"))
    dispatcher.use((ctx) => void seen.push(String(ctx.updateType)))
    await dispatcher.process(updateWith({ telepathy: { thought: "?" } }))
    await dispatcher.process(updateWith({}))
    expect(seen).toEqual(["telepathy", "undefined"])
  })
})

test.each<[string, () => unknown]>([
  ["a filter", () => dispatcher.on(undefined as never, note("all"))],
  ["a filter of one type", () => dispatcher.message(undefined as never, note("all"))],
  ["a filter of a command", () => dispatcher.command("a", undefined as never, note("all"))],
  ["the data of a press", () => dispatcher.callbackQuery(undefined as never, note("all"))],
  ["the text of an inline query", () => dispatcher.inlineQuery(undefined as never, note("all"))],
])("%s that is undefined in front of a handler is refused", (_, register) => {
  expect(register).toThrow(TypeError)
  expect(register).toThrow("in front of the handler is undefined: is its name spelt right?")
})

describe("presses and inline queries", () => {
  test("a string matches all of the data, a pattern a part of it, no argument any data", async () => {
    dispatcher.callbackQuery("page", note("exact"))
    dispatcher.callbackQuery(/^page:(\d+)$/, (ctx) => void seen.push(`pattern ${ctx.match[1]}`))
    dispatcher.callbackQuery(undefined, note("all"), {})
    for (const data of ["page", "page:12", "page:x", ""]) {
      await dispatcher.process(pressUpdate(data))
    }
    expect(seen).toEqual(["exact", "pattern 12", "all", "all"])
  })

  test("a press without data, of a game, does not match a pattern", async () => {
    dispatcher.callbackQuery("", note("empty"))
    dispatcher.callbackQuery(/^/, note("pattern"))
    dispatcher.callbackQuery(note("all"))
    await dispatcher.process(pressUpdate("", { data: undefined, game_short_name: "chess" }))
    expect(seen).toEqual(["all"])
  })

  test("an inline query matches by its text, and an empty one has a text", async () => {
    dispatcher.inlineQuery("", note("empty"))
    dispatcher.inlineQuery(/^(\w)$/, (ctx) => void seen.push(`pattern ${ctx.match[1]}`))
    dispatcher.inlineQuery(note("all"))
    for (const query of ["", "a", "ab"]) {
      await dispatcher.process(updateWith({ inline_query: { id: "1", query, from: { id: 1 } } }))
    }
    expect(seen).toEqual(["empty", "pattern a", "all"])
  })

  test("a global or sticky pattern starts from the beginning each time", async () => {
    const pattern = /a/gy
    pattern.lastIndex = 5
    dispatcher.callbackQuery(pattern, note("found"))
    await dispatcher.process(pressUpdate("ab"))
    await dispatcher.process(pressUpdate("ab"))
    expect(seen).toEqual(["found", "found"])
    expect(pattern.lastIndex).toBe(5)
  })
})

describe("a mistake in a registration", () => {
  test.each([
    ["a handler that is none", () => dispatcher.on(filters.text, "x" as never)],
    ["no handler", () => dispatcher.on(filters.text, undefined as never)],
    ["only a handler", () => Reflect.apply(dispatcher.on, dispatcher, [() => true])],
    ["a filter that is none", () => dispatcher.on("text" as never, () => {})],
    ["a middleware that is none", () => dispatcher.use({} as never)],
    ["an error handler that is none", () => dispatcher.catch("x" as never)],
    ["data that is no text", () => dispatcher.callbackQuery(5 as never, () => {})],
    ["a missing handler of a command", () => dispatcher.command("a", undefined as never)],
  ])("%s is a TypeError that says what was expected", (_, register) => {
    expect(register).toThrow(TypeError)
    expect(register).toThrow(/^Expected the `\w+` option to be /)
  })
})

test("indexed handlers and other handlers run in one order", async () => {
  const kind = fc.constantFrom("a", "b", "text", "photo", "any", "press", "pattern")
  const rows = fc.array(
    fc.record({ kind, group: fc.integer({ min: 0, max: 2 }), passes: fc.boolean() }),
  )
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom("a", "b", "c"), async (handlers, sent) => {
      const run: number[] = []
      const own = new Dispatcher({ bot: namedBot(), logger: new RecordingLogger() })
      handlers.forEach(({ kind, group, passes }, index) => {
        const handler = (_ctx: unknown, next: () => Promise<void>) => {
          run.push(index)
          return passes ? next() : undefined
        }
        const target = own.group(group)
        if (kind === "a" || kind === "b") target.command(kind, handler)
        else if (kind === "text") target.on(filters.text, handler)
        else if (kind === "photo") target.message(filters.photo, handler)
        else if (kind === "any") target.use(handler)
        else if (kind === "press") target.callbackQuery(sent, handler)
        else target.on(filters.regex(/a/), handler)
      })
      await own.process(textUpdate(`/${sent}`))
      expect(run).toEqual(expected(handlers, sent))
    }),
  )
})

/** Returns the handlers that would run if every handler were tried. */
function expected(
  handlers: readonly { kind: string; group: number; passes: boolean }[],
  sent: string,
): number[] {
  const wants = (kind: string) =>
    kind === "any" || kind === "text" || kind === sent || (kind === "pattern" && sent === "a")
  return [0, 1, 2].flatMap((group) => {
    const matching = [...handlers.entries()].filter(
      ([, handler]) => handler.group === group && wants(handler.kind),
    )
    const last = matching.findIndex(([, handler]) => !handler.passes)
    return (last < 0 ? matching : matching.slice(0, last + 1)).map(([index]) => index)
  })
}

test("a message without text matches no command", async () => {
  dispatcher.command("start", note("start"))
  await dispatcher.process(messageUpdate({ photo: [] }))
  expect(seen).toEqual([])
})

test.each<[names: string | readonly string[], method: string]>([
  ["message", ".message(handler)"],
  ["callback_query:data", ".callbackQuery(handler)"],
  ["message:text", ".on(filters.text, handler)"],
  ["text", ".on(filters.text, handler)"],
  [["edited_message", "message"], ".editedMessage(handler)"],
])("the error about a name in place of a filter says what to write: %j", (names, method) => {
  const register = () => Reflect.apply(dispatcher.on, dispatcher, [names, () => 1])
  expect(register).toThrow(TypeError)
  expect(register).toThrow(`got ${JSON.stringify(names)}: write \`${method}\`.`)
})
