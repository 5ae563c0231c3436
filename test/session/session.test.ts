import { afterEach, describe, expect, test, vi } from "vitest"
import { filters, type Router } from "../../src/dispatch/index.js"
import { botData, chatData, session, type SessionKey, userData } from "../../src/session/index.js"
import type { Update } from "../../src/telegram/types.js"
import { namedBot, textUpdate, updateWith } from "../support/updates.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"

const stage = dispatchedEach()
const botId = namedBot().id
const count = (key: SessionKey = "chat") => session("count", { key, initial: () => ({ n: 0 }) })

async function stored(name: string, key: string) {
  const [entry] = await stage.queue.state.read([{ botId, space: `session ${name}`, key }])
  return entry && (JSON.parse(entry.json) as unknown)
}

/** Counts the texts of a router's session. */
function counting(router: Router<{ count: { n: number } }>) {
  router.on(filters.text, (ctx) => void (ctx.count.n += 1))
}

test("the data of a chat are kept between updates", async () => {
  const seen: number[] = []
  const counted = stage.dispatcher.derive(count())
  counted.on(filters.text, (ctx) => void seen.push((ctx.count.n += 1)))
  stage.dispatcher.start()
  for (const chat of [1, 2, 1, 1]) await stage.put(textIn(chat))
  expect(seen).toEqual([1, 1, 2, 3])
  expect(await stored("count", "1")).toEqual({ version: 1, data: { n: 3 } })
})

test.each([
  ["chat", [2, 2]],
  ["user", [3, 1]],
  ["chat-user", [2, 1, 1]],
  ["bot", [4]],
  [(ctx: { from?: { id: number } | undefined }) => `odd ${(ctx.from?.id ?? 0) % 2}`, [3, 1]],
] as const)("with the key %s, updates share data", async (key, counts) => {
  counting(stage.dispatcher.derive(count(key as SessionKey)))
  stage.dispatcher.start()
  for (const [chatId, userId] of [
    [-1, 1],
    [-1, 1],
    [-2, 1],
    [-2, 2],
  ]) {
    const chat = { id: chatId ?? 0, type: "group" as const, title: "G" }
    const from = { id: userId ?? 0, is_bot: false, first_name: "A" }
    await stage.put(textUpdate("x", { chat, from }))
  }
  const all = await Promise.all(
    ["-1", "-2", "1", "2", "-1:1", "-2:1", "-2:2", "", "odd 1", "odd 0"].map((text) =>
      stored("count", text),
    ),
  )
  const sums = all.flatMap((value) => (value ? [(value as { data: { n: number } }).data.n] : []))
  expect(sums.toSorted(ascending)).toEqual(counts.toSorted(ascending))
})

test("with the key topic, each topic has data, and so has the general topic", async () => {
  counting(stage.dispatcher.derive(count("topic")))
  stage.dispatcher.start()
  const chat = { id: -1_001_000_000_001, type: "supergroup" as const, title: "G" }
  await stage.put(textUpdate("x", { chat, is_topic_message: true, message_thread_id: 5 }))
  await stage.put(textUpdate("x", { chat, message_thread_id: 9 }))
  expect(await stored("count", `${chat.id}:5`)).toMatchObject({ data: { n: 1 } })
  expect(await stored("count", `${chat.id}`)).toMatchObject({ data: { n: 1 } })
})

test("1,000 parallel updates of one user in different chats lose no change", async () => {
  counting(stage.dispatcher.derive(count("user")))
  stage.dispatcher.start()
  const puts = Array.from({ length: 1_000 }, (_, index) => {
    const chat = { id: -index - 1, type: "group" as const, title: "G" }
    return stage.put(textUpdate("x", { chat, from: { id: 7, is_bot: false, first_name: "A" } }))
  })
  await Promise.all(puts)
  await expect.poll(() => stored("count", "7")).toMatchObject({ data: { n: 1_000 } })
})

describe("no write is stored", () => {
  const writes = vi.fn()
  afterEach(() => writes.mockReset())

  test("of a handler that throws, and the next handler gets the old data", async () => {
    const seen: number[] = []
    stage.dispatcher.derive(count()).on(filters.text, (ctx) => {
      seen.push(ctx.count.n)
      ctx.count.n += 1
      if (ctx.message.text === "bad") throw new Error("Failed")
    })
    stage.dispatcher.catch(() => {})
    stage.dispatcher.start()
    for (const text of ["good", "bad", "good"]) await stage.put(textIn(1, text))
    expect(seen).toEqual([0, 1, 1])
  })

  test("for unchanged data, or for data that equal the initial ones", async () => {
    const { state } = stage.queue
    vi.spyOn(state, "commit").mockImplementation(writes)
    stage.dispatcher.derive(count()).on(filters.text, (ctx) => void ctx.count.n)
    stage.dispatcher.start()
    await stage.put(textIn(1))
    expect(writes.mock.calls.flat(2)).toEqual([])
  })

  test("and no value is read for an update whose handlers do not use the data", async () => {
    const read = vi.spyOn(stage.queue.state, "readNow")
    stage.dispatcher.derive(count()).on(filters.photo, () => {})
    stage.dispatcher.on(filters.text, () => {})
    stage.dispatcher.start()
    await stage.put(textIn(1))
    expect(read).not.toHaveBeenCalled()
  })
})

test("data that become the initial ones again are deleted", async () => {
  stage.dispatcher.derive(count()).on(filters.text, (ctx) => {
    ctx.count = { n: ctx.message.text === "reset" ? 0 : 5 }
  })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(await stored("count", "1")).toMatchObject({ data: { n: 5 } })
  await stage.put(textIn(1, "reset"))
  expect(await stored("count", "1")).toBeUndefined()
})

test("data that JSON cannot represent fail the update with their path", async () => {
  const errors: unknown[] = []
  const odd = session("odd", { initial: () => ({ at: undefined as unknown }) })
  stage.dispatcher.derive(odd).on(filters.text, (ctx) => void (ctx.odd.at = new Date()))
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toMatchObject([{ message: expect.stringContaining("odd.at") }])
  expect(await stored("odd", "1")).toBeUndefined()
})

test("an `initial` that returns one object again and again gives each chat data of its own", async () => {
  const shared = { n: 0 }
  const counter = session("count", { initial: () => shared })
  counting(stage.dispatcher.derive(counter))
  stage.dispatcher.start()
  for (const chat of [1, 2, 1]) await stage.put(textIn(chat))
  await counter.at(stage.queue, { botId, chatId: 3 }).update((data) => void (data.n += 1))
  expect(await stored("count", "1")).toMatchObject({ data: { n: 2 } })
  expect(await stored("count", "2")).toMatchObject({ data: { n: 1 } })
  expect(await stored("count", "3")).toMatchObject({ data: { n: 1 } })
  expect(shared).toEqual({ n: 0 })
})

test("two sessions of one name that change the same data fail the update", async () => {
  const errors: unknown[] = []
  stage.dispatcher.derive(count()).on(filters.text, async (ctx, next) => {
    ctx.count.n += 1
    await next()
  })
  counting(stage.dispatcher.derive(count()))
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toEqual([expect.objectContaining({ message: expect.stringContaining("two") })])
  expect(await stored("count", "1")).toBeUndefined()
})

test("an update without a chat can be handled, and a use of the data throws", async () => {
  const errors: unknown[] = []
  const counted = stage.dispatcher.derive(count())
  counted.inlineQuery("plain", () => {})
  counted.inlineQuery("count", (ctx) => void ctx.count.n)
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  const from = { id: 7, is_bot: false, first_name: "A" }
  for (const [id, query] of [
    [901, "plain"],
    [902, "count"],
  ] as const) {
    await stage.put({ update_id: id, inline_query: { id: "1", from, query, offset: "" } })
  }
  expect(errors).toMatchObject([{ message: expect.stringContaining("kept per chat") }])
})

describe("versions", () => {
  const first = session("cart", { initial: () => ({ products: ["tea"] }) })
  const write = async () => {
    await first
      .at(stage.queue, { botId, chatId: 1 })
      .update((data) => void data.products.push("milk"))
  }
  const seen: unknown[] = []
  const errors: unknown[] = []
  const handle = async (cart: ReturnType<typeof session<"cart", object>>) => {
    seen.length = errors.length = 0
    stage.dispatcher.derive(cart).on(filters.text, (ctx) => void seen.push({ ...ctx.cart }))
    stage.dispatcher.catch((error) => void errors.push(error.cause))
    stage.dispatcher.start()
    await stage.put(textIn(1))
  }

  test("stored data of an older version are migrated step by step", async () => {
    await write()
    const migrate = {
      1: (old: { products: string[] }) => ({ items: old.products }),
      2: (old: { items: string[] }) => ({ items: old.items.map((name) => ({ name })) }),
    }
    await handle(session("cart", { version: 3, migrate, initial: () => ({}) }))
    expect(seen).toEqual([{ items: [{ name: "tea" }, { name: "milk" }] }])
    expect(await stored("cart", "1")).toMatchObject({ version: 3 })
  })

  test.each([
    ["a migration throws", 2, { 1: () => JSON.parse("{") as object }],
    ["a migration is missing", 3, { 1: (old: object) => old }],
    ["they are of a newer version", 1, {}],
  ])("an update is set aside and the data stay unchanged if %s", async (_, version, migrate) => {
    await write()
    if (version === 1) {
      await stage.queue.state.write([
        {
          kind: "set",
          key: { botId, space: "session cart", key: "1" },
          json: `{"version":2,"data":{}}`,
        },
      ])
    }
    const before = await stored("cart", "1")
    await handle(session("cart", { version, migrate, initial: () => ({}) }))
    expect(seen).toEqual([])
    expect(errors).toMatchObject([{ code: "unhandleable" }])
    expect(stage.queue.setAsideUpdates).toHaveLength(1)
    expect(await stored("cart", "1")).toEqual(before)
  })
})

describe("a group that becomes a supergroup keeps its data", () => {
  const [old, supergroup] = [-7, -1_001_234_567_890]
  const inOld: Partial<Update["message"]> = { chat: { id: old, type: "group", title: "G" } }
  const inNew: Partial<Update["message"]> = {
    chat: { id: supergroup, type: "supergroup", title: "G" },
  }
  const moves = [
    textUpdate("", { ...inOld, migrate_to_chat_id: supergroup }),
    textUpdate("", { ...inNew, migrate_from_chat_id: old }),
  ]

  test.each([
    ["the old chat says so first", moves],
    ["the new chat says so first", moves.toReversed()],
    ["only the old chat says so", moves.slice(0, 1)],
    ["only the new chat says so", moves.slice(1)],
  ])("where %s", async (_, order) => {
    const seen: number[] = []
    stage.dispatcher
      .derive(count())
      .on(filters.text, (ctx) => void (ctx.message.text && seen.push((ctx.count.n += 1))))
    stage.dispatcher.start()
    await stage.put(textUpdate("x", inOld))
    for (const [index, update] of order.entries()) {
      await stage.put({ ...update, update_id: 5_000 + index })
    }
    await stage.put(textUpdate("x", inNew))
    await stage.put(textUpdate("x", inNew))
    expect(seen).toEqual([1, 2, 3])
    const at = count().at(stage.queue, { botId, chatId: supergroup })
    expect(await at.read()).toEqual({ n: 3 })
  })
})

test("changes from outside and changes of handlers do not overwrite each other", async () => {
  const cart = count()
  stage.dispatcher.derive(cart).on(filters.text, async (ctx) => {
    const before = ctx.count.n
    await new Promise(setImmediate)
    ctx.count.n = before + 1
  })
  stage.dispatcher.start()
  const at = cart.at(stage.queue, { botId, chatId: 1 })
  const changes = Array.from({ length: 100 }, () => at.update((data) => void (data.n += 1)))
  const puts = Array.from({ length: 100 }, () => stage.put(textIn(1)))
  await Promise.all([...changes, ...puts])
  // A put may resolve before its handler has ended, when the handler has waited for the lane.
  await expect.poll(() => at.read()).toEqual({ n: 200 })
})

test("a change that returns no object is refused, and the data stay as they are", async () => {
  const at = count().at(stage.queue, { botId, chatId: 1 })
  await at.update((data) => void (data.n = 1))
  const sum = at.update((data) => (data.n += 1) as never)
  await expect(sum).rejects.toThrow("Expected count to be an object, got `2`")
  expect(await at.read()).toEqual({ n: 1 })
})

test("a place whose id is no integer is refused", () => {
  const atNaN = () => count().at(stage.queue, { botId, chatId: Number.NaN })
  expect(atNaN).toThrow("Expected the `chatId` option to be an integer, got `NaN`")
})

test("userData, chatData and botData have the names of python-telegram-bot", async () => {
  const initial = () => ({ n: 0 })
  const app = stage.dispatcher
    .derive(userData({ initial }))
    .derive(chatData({ initial }))
    .derive(botData({ initial }))
  app.on(filters.text, (ctx) => {
    ctx.userData.n += 1
    ctx.chatData.n += 1
    ctx.botData.n += 1
  })
  stage.dispatcher.start()
  for (const chat of [1, 2]) await stage.put(textIn(chat))
  expect(await stored("botData", "")).toMatchObject({ data: { n: 2 } })
  expect(await stored("chatData", "2")).toMatchObject({ data: { n: 1 } })
})

describe("with a lifetime", () => {
  test("data expire without use, and a use in the second half of the lifetime renews it", async () => {
    vi.useFakeTimers({ toFake: ["Date"] })
    try {
      const brief = session("brief", { initial: () => ({ n: 0 }), ttlMs: 1_000 })
      const at = brief.at(stage.queue, { botId, chatId: 1 })
      stage.dispatcher.derive(brief).on(filters.text, (ctx) => void ctx.brief.n)
      stage.dispatcher.start()
      await at.update((data) => void (data.n = 5))
      vi.setSystemTime(Date.now() + 600)
      await stage.put(textIn(1))
      vi.setSystemTime(Date.now() + 900)
      expect(await at.read()).toEqual({ n: 5 })
      vi.setSystemTime(Date.now() + 200)
      expect(await at.read()).toEqual({ n: 0 })
    } finally {
      vi.useRealTimers()
    }
  })
})

test("a change after the end of the update is warned of in development", async () => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {})
  vi.stubEnv("NODE_ENV", "development")
  try {
    stage.dispatcher.derive(count()).on(filters.text, (ctx) => {
      const data = ctx.count
      setImmediate(() => setImmediate(() => void (data.n += 1)))
    })
    stage.dispatcher.start()
    await stage.put(textIn(1))
    await expect
      .poll(() => warn.mock.calls.flat().join("\n"))
      .toContain("after its update had ended")
  } finally {
    vi.unstubAllEnvs()
    warn.mockRestore()
  }
})

test.each([
  [{ initial: 5 }],
  [{ initial: () => ({}), key: "chats" }],
  [{ initial: () => ({}), ttlMs: -1 }],
  [{ initial: () => ({}), version: 0 }],
  [{ initial: () => ({}), migrate: 5 }],
  [{ initial: () => ({}), migrate: null }],
])("a wrong option is refused: %j", (options) => {
  expect(() => session("cart", options as never)).toThrow(TypeError)
  expect(() => session("cart", options as never)).toThrow(/^Expected the `\w+` option to be /)
})

test("a place without an id that the key needs is refused", () => {
  expect(() => count("chat-user").at(stage.queue, { botId, chatId: 1 })).toThrow("userId")
  expect(() => count().at(stage.queue, undefined as never)).toThrow("Expected the `place` option")
})

function ascending(one: number, other: number): number {
  return one - other
}

test("a chat of a business account has data of its own, apart from the bot's chat with the customer", async () => {
  const counted = count()
  stage.dispatcher.derive(counted).use((ctx) => void (ctx.count.n += 1))
  stage.dispatcher.start()
  const { message } = textUpdate("x")
  const business_message = { ...message, business_connection_id: "b1" } as never
  const updates: Update[] = [
    textUpdate("x"),
    updateWith({ business_message }),
    updateWith({ business_message }),
  ]
  for (const update of updates) await stage.put(update)
  expect(await stored("count", "7")).toEqual({ version: 1, data: { n: 1 } })
  const place = { botId, chatId: 7, businessConnectionId: "b1" }
  expect(await counted.at(stage.queue, place).read()).toEqual({ n: 2 })
})
