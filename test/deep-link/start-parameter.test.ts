import fc from "fast-check"
import { describe, expect, onTestFinished, test, vi } from "vitest"
import { z } from "zod"
import { Bot } from "../../src/bot/index.js"
import { deepLink, startParameter } from "../../src/deep-link/index.js"
import { type Context, Dispatcher } from "../../src/dispatch/index.js"
import type { CallbackFields } from "../../src/keyboard/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { peopleEach, untilIdle } from "../support/people.js"

const people = peopleEach()

/** Lets Ada follow a link. Resolves with the answer of the bot. */
async function follow(link: string): Promise<string | undefined> {
  const start = new URL(link).searchParams.get("start")
  return (await people.ask(people.ada, `/start ${start}`)).text
}

/** Registers the handlers of `/start`: that of the parameter, and that of all other messages. */
function shop(options: { readonly ttlMs?: number; readonly signed?: boolean } = {}) {
  const item = startParameter("item", { name: "text", count: "int?" }, options)
  const { dispatcher } = people
  item.handle(dispatcher, (ctx) => ctx.reply(`${ctx.data.name} ${ctx.data.count ?? "-"}`))
  dispatcher.command("start", (ctx) => ctx.reply(`start ${ctx.argument}`))
  dispatcher.command("link", async (ctx) => {
    const start = item({ name: ctx.argument, count: -7 }, ctx)
    await ctx.reply(deepLink(await ctx.bot.init(), { start }))
  })
  return item
}

async function linkFor(name: string): Promise<string> {
  return (await people.ask(people.bob, `/link ${name}`)).text ?? ""
}

describe("a start parameter", () => {
  test("reaches its handler with typed data; `/start` alone and other parameters do not", async () => {
    const invite = startParameter("invite", { by: "int", kind: ["friend", "family"] })
    const { dispatcher, ada, bot } = people
    invite.handle(dispatcher, (ctx) => ctx.reply(JSON.stringify([ctx.data, ctx.command])))
    dispatcher.command("start", (ctx) => ctx.reply(`start ${ctx.argument}`))
    await people.updater.startPolling()
    const data = { by: Number.MAX_SAFE_INTEGER, kind: "family" } as const
    const link = deepLink(await bot.init(), { start: invite(data) })
    expect(link).toMatch(/^https:\/\/t\.me\/suite_bot\?start=invite_[\w-]+$/)
    expect(await follow(link)).toBe(JSON.stringify([data, "start"]))
    const others = ["", "invite", "invite_", "invite-", "invite_%%", "invite_AAAA", "invited", "x"]
    for (const text of others) {
      expect((await people.ask(ada, `/start ${text}`)).text).toBe(`start ${text}`.trimEnd())
    }
  })

  test("works in the group to which a link with `startgroup` has added the bot", async () => {
    const quiz = startParameter("quiz", { level: "int" })
    const { telegram, account, ada, dispatcher } = people
    quiz.handle(dispatcher, (ctx) => ctx.reply(`${ctx.chat.title}: level ${ctx.data.level}`))
    await people.updater.startPolling()
    const group = telegram.supergroup({ title: "Friends" }, ada, account)
    await ada.send(group, `/start@suite_bot ${quiz({ level: 3 })}`)
    expect((await ada.hears()).text).toBe("Friends: level 3")
  })

  test("of the third handler has the values of its router, and can be removed", async () => {
    const { dispatcher, ada } = people
    const all = ["one", "two", "three"].map((name) => startParameter(name, { id: "int" }))
    const app = dispatcher.decorate({ app: "shop" })
    const registrations = all.map((parameter) =>
      parameter.handle(app, (ctx) => ctx.reply(`${ctx.app} ${parameter.prefix} ${ctx.data.id}`)),
    )
    dispatcher.command("start", (ctx) => ctx.reply("start"))
    await people.updater.startPolling()
    const text = `/start ${all[2]?.({ id: 5 })}`
    expect((await people.ask(ada, text)).text).toBe("shop three 5")
    registrations[2]?.remove()
    expect((await people.ask(ada, text)).text).toBe("start")
  })

  test("is checked by a schema", async () => {
    const order = startParameter("order", z.object({ id: z.number().int() }))
    const { dispatcher, bot, queue, ada } = people
    order.handle(dispatcher, (ctx) => ctx.reply(`order ${ctx.data.id}`))
    dispatcher.command("start", (ctx) => ctx.reply(`start`))
    await people.updater.startPolling()
    const { pack } = order.at(queue, { bot })
    expect((await people.ask(ada, `/start ${await pack({ id: 5 })}`)).text).toBe("order 5")
    const any = startParameter("order", z.object({ id: z.string() }))
    const other = await any.at(queue, { bot }).pack({ id: "x" })
    expect((await people.ask(ada, `/start ${other}`)).text).toBe("start")
    await expect(pack({ id: 0.5 })).rejects.toThrow(TypeError)
  })
})

describe("data that do not fit into 64 characters", () => {
  const long = "Овощи и фрукты, самые свежие в городе"

  test("are stored with the end of the update, and read by every later process", async () => {
    shop()
    await people.updater.startPolling()
    const [short, stored] = [await linkFor("Чай"), await linkFor(long)]
    expect(short).toMatch(/=item_/)
    expect(stored).toMatch(/=item-[\w-]{22}$/)
    await people.deploy()
    const item = shop()
    await people.updater.startPolling()
    expect(await follow(short)).toBe("Чай -7")
    expect(await follow(stored)).toBe(`${long} -7`)
    expect(() => (item as unknown as (data: object) => string)({ name: "x" })).toThrow(
      /item\(data, ctx\)/,
    )
  })

  test("leave nothing behind if the handler fails", async () => {
    const item = startParameter("item", { name: "text" })
    const { dispatcher, ada, account, queue, bot } = people
    let made = ""
    dispatcher.command("fail", (ctx) => {
      made = item({ name: long }, ctx)
      throw new Error("no")
    })
    await people.updater.startPolling()
    await ada.send(account, "/fail")
    await untilIdle(people)
    await expect.poll(() => made).toMatch(/^item-/)
    expect(await item.at(queue, { bot }).read(made)).toBeUndefined()
  })

  test("expire after `ttlMs`, and the parameter then goes to `/start`", async () => {
    shop({ ttlMs: 1 })
    await people.updater.startPolling()
    const link = await linkFor(long)
    await expect.poll(() => follow(link)).toMatch(/^start item-/)
  })

  test("of another factory or bot are not read", async () => {
    const [item, other] = ["item", "iten"].map((name) => startParameter(name, { name: "text" }))
    const { queue, bot } = people
    const parameter = await item!.at(queue, { bot }).pack({ name: long })
    expect(await item!.at(queue, { bot }).read(parameter)).toEqual({ name: long })
    const renamed = parameter.replace("item", "iten")
    expect(await other!.at(queue, { bot }).read(renamed)).toBeUndefined()
    const stranger = new Bot("9:a")
    expect(await item!.at(queue, { bot: stranger }).read(parameter)).toBeUndefined()
    await stranger[Symbol.asyncDispose]()
  })
})

describe("signed data", () => {
  test("are accepted from anybody, and neither changed nor invented ones are", async () => {
    const item = shop({ signed: true })
    await people.updater.startPolling()
    const link = await linkFor("Tea")
    expect(await follow(link)).toBe("Tea -7")
    const start = link.slice(link.indexOf("=") + 1)
    for (let place = "item_".length; place < start.length; place += 1) {
      const forged =
        start.slice(0, place) + (start[place] === "A" ? "B" : "A") + start.slice(place + 1)
      expect((await people.ask(people.ada, `/start ${forged}`)).text).toBe(`start ${forged}`)
    }
    const invented = startParameter("item", { name: "text", count: "int?" })
    const { queue, bot } = people
    const unsigned = await invented.at(queue, { bot }).pack({ name: "Tea" })
    expect(await item.at(queue, { bot }).read(unsigned)).toBeUndefined()
    const other = new Bot("9:a")
    const foreign = await item.at(queue, { bot: other }).pack({ name: "Tea" })
    expect(await item.at(queue, { bot }).read(foreign)).toBeUndefined()
    await other[Symbol.asyncDispose]()
  })
})

describe("links of an earlier version of the program", () => {
  const old = startParameter("item", { id: "int", color: "int" })({ id: 1, color: 2 })
  const read = (fields: CallbackFields) => {
    const { queue, bot } = people
    return startParameter("item", fields).at(queue, { bot }).read(old)
  }

  test("still work when an optional field is added at the end", async () => {
    const fields = { id: "int", color: "int", note: "text?" } as const
    expect(await read(fields)).toEqual({ id: 1, color: 2 })
  })

  test.each([
    ["removed", { id: "int" }],
    ["renamed", { id: "int", size: "int" }],
    ["moved", { color: "int", id: "int" }],
    ["added and needed", { id: "int", color: "int", note: "text" }],
  ] as const)("are invalid when a field is %s", async (_, fields) => {
    expect(await read(fields)).toBeUndefined()
  })
})

const text = fc.oneof(
  fc.string({ unit: "binary" }).filter((string) => string.isWellFormed()),
  fc.string({ unit: fc.constantFrom("~", ":", "\0", "-", "_", "ж", "語", "😀") }),
)

test("texts of any script come back, whole up to 64 characters and stored beyond", async () => {
  const note = startParameter("note", { text: "text" })
  const at = note.at(people.queue, { bot: people.bot })
  const lengths = new Set<number>()
  await fc.assert(
    fc.asyncProperty(text, async (given) => {
      const parameter = await at.pack({ text: given })
      lengths.add(parameter.length)
      expect(parameter).toMatch(/^[\w-]{1,64}$/)
      expect(await at.read(parameter)).toEqual({ text: given })
    }),
    { numRuns: 500 },
  )
  expect(Math.max(...lengths)).toBeGreaterThan(40)
})

test.each([
  [62, "item_"],
  [64, "item_"],
  [65, "item-"],
])("a parameter that would have %i characters begins with %s", async (length, start) => {
  const item = startParameter("item", { text: "text" })
  // A prefix, a mark and two characters of the form come with each text.
  const bytes = Math.floor(((length - 5) * 3) / 4) - 2 + (length === 65 ? 1 : 0)
  const given = { text: "x".repeat(bytes) }
  const at = item.at(people.queue, { bot: people.bot })
  const parameter = await at.pack(given)
  expect(parameter).toMatch(new RegExp(`^${start}`))
  expect(await at.read(parameter)).toEqual(given)
})

test("a text that no call has packed is not read, or is the only packed form of its data", async () => {
  const item = startParameter("item", { id: "int", note: "text?" })
  const at = item.at(people.queue, { bot: people.bot })
  const forged = fc.oneof(
    text,
    text.map((rest) => `item_${rest}`),
    fc.base64String().map((rest) => `item_${rest}`),
    fc.base64String().map((rest) => `item-${rest}`),
  )
  await fc.assert(
    fc.asyncProperty(forged, async (parameter) => {
      const data = await at.read(parameter)
      if (data !== undefined) expect(await at.pack(data)).toBe(parameter)
    }),
  )
})

test.each([
  ["prefix", () => startParameter("a_b")],
  ["prefix", () => startParameter("")],
  ["prefix", () => startParameter("x".repeat(33))],
  ["fields", () => startParameter("a", 5 as never)],
  ["ttlMs", () => startParameter("a", {}, { ttlMs: -1 })],
  ["signed", () => startParameter("a", {}, { signed: "chat" as never })],
  ["signed", () => startParameter("a", {}, { singed: true } as never)],
  ["ctx", () => startParameter("a")({}, {} as Context)],
  ["handler", () => startParameter("a").handle(people.dispatcher, undefined as never)],
  ["bot", () => startParameter("a").at(people.queue, {} as never)],
])("a wrong `%s` is a TypeError", (name, make) => {
  expect(make).toThrow(TypeError)
  expect(make).toThrow(name)
})

test("numbers that may need more than 64 characters need a context", () => {
  const large = startParameter("large", { a: "int", b: "int", c: "int", d: "int" })
  expect(() => large({ a: 1, b: 2, c: 3, d: 4 })).toThrow(/large\(data, ctx\)/)
})

test("a queue without state cannot store data: a TypeError", async () => {
  await using queue = new MemoryQueue()
  const { put, take } = queue
  const bare = { put: put.bind(queue), take: take.bind(queue) }
  expect(() => startParameter("a").at(bare as never, { bot: people.bot })).toThrow(TypeError)
})

describe("advice", () => {
  const [one, two] = ["one", "two"].map((prefix) => startParameter(prefix, { id: "int" }))
  /** Starts a dispatcher in development, and returns its log. */
  const logOf = async (register: (dispatcher: Dispatcher) => void) => {
    vi.stubEnv("NODE_ENV", "development")
    onTestFinished(() => void vi.unstubAllEnvs())
    await using queue = new MemoryQueue()
    const logger = new RecordingLogger()
    const dispatcher = new Dispatcher({ bot: people.bot, queue, logger })
    register(dispatcher)
    dispatcher.start()
    await dispatcher.stop()
    return logger.lines
  }

  test("there is none about several parameters and a command after them", async () => {
    const register = (dispatcher: Dispatcher) => {
      one!.handle(dispatcher, () => {})
      two!.handle(dispatcher, () => {})
      dispatcher.command("start", () => {})
    }
    expect(await logOf(register)).toEqual([])
  })

  test("a command that is registered before a parameter is reported to hide it", async () => {
    const register = (dispatcher: Dispatcher) => {
      dispatcher.command("start", () => {})
      one!.handle(dispatcher, () => {})
    }
    expect(await logOf(register)).toEqual([
      expect.stringMatching(/^warn .* never runs: .* is registered before it/),
    ])
  })
})
