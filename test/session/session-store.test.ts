import { Keyv } from "keyv"
import { expect, test } from "vitest"
import { ScriptedConversation } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { session, type SessionOptions, type SessionStore } from "../../src/session/index.js"
import type { Update } from "../../src/telegram/types.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { namedBot, textUpdate } from "../support/updates.js"
import { untilTrue } from "../support/waiting.js"

const stage = dispatchedEach()
const botId = namedBot().id
const newStore = () => new Keyv({ throwOnErrors: true })

type CountOptions = Partial<SessionOptions<{ n: number }>>

function count(store: SessionStore, options: CountOptions = {}) {
  return session("count", { initial: () => ({ n: 0 }), store, ...options })
}

/** Registers a handler that counts texts, and returns the counts that it has seen. */
function counting(store: SessionStore, options?: CountOptions): number[] {
  const seen: number[] = []
  stage.dispatcher.derive(count(store, options)).on(filters.text, (ctx) => {
    seen.push((ctx.count.n += 1))
  })
  return seen
}

async function stored(store: SessionStore, key: string): Promise<unknown> {
  const text = await store.get(`${botId}:count:${key}`)
  const { value } = JSON.parse(text ?? "{}") as { value?: { data: unknown } }
  return value?.data
}

/** Continues with an empty queue in memory, as after a restart. */
function restart(): void {
  stage.queue = new MemoryQueue()
  stage.dispatcher = stage.dispatcherWith({})
}

function inGroup(chat: number, text = "x"): Update {
  const from = { id: 7, is_bot: false, first_name: "A" }
  return textUpdate(text, { chat: { id: -chat, type: "group", title: "G" }, from })
}

test("the data of a chat are kept in a Keyv, and not in the queue's state", async () => {
  const store = newStore()
  const seen = counting(store)
  stage.dispatcher.start()
  for (const chat of [1, 2, 1]) await stage.put(textIn(chat))
  expect(seen).toEqual([1, 1, 2])
  expect(await stored(store, "1")).toEqual({ n: 2 })
  expect(await stage.queue.state.read([{ botId, space: "count", key: "1" }])).toEqual([undefined])
})

test("a Map is a store, because the methods may return values without a promise", async () => {
  const store = new Map<string, string>()
  const seen = counting({
    get: (key) => store.get(key),
    set: (key, text) => store.set(key, text),
    delete: (key) => store.delete(key),
  })
  stage.dispatcher.start()
  for (const chat of [1, 1]) await stage.put(textIn(chat))
  expect(seen).toEqual([1, 2])
})

test("an update that Telegram repeats after a restart is given the data from before it", async () => {
  const store = newStore()
  const update = textIn(1)
  counting(store)
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await stage.put(update)
  restart()
  const seen = counting(store)
  stage.dispatcher.start()
  await stage.put(update)
  await stage.put(textIn(1))
  expect(seen).toEqual([2, 3])
  expect(await stored(store, "1")).toEqual({ n: 3 })
})

test("a repeated update whose handler fails this time leaves the data from before it", async () => {
  const store = newStore()
  const update = textIn(1)
  counting(store)
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await stage.put(update)
  restart()
  stage.dispatcher.derive(count(store)).on(filters.text, () => {
    throw new Error("Failed")
  })
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  await stage.put(update)
  expect(await stored(store, "1")).toEqual({ n: 1 })
})

test("a repeated update counts once, if other chats have changed the user's data meanwhile", async () => {
  const store = newStore()
  const update = inGroup(1)
  counting(store, { key: "user" })
  stage.dispatcher.start()
  await stage.put(update)
  for (const chat of [2, 3]) await stage.put(inGroup(chat))
  restart()
  counting(store, { key: "user" })
  stage.dispatcher.start()
  await stage.put(update)
  expect(await stored(store, "7")).toEqual({ n: 3 })
})

test("1,000 parallel updates of one user in different chats lose no change", async () => {
  const store = newStore()
  counting(store, { key: "user" })
  stage.dispatcher.start()
  await Promise.all(Array.from({ length: 1_000 }, (_, index) => stage.put(inGroup(index + 1))))
  await expect.poll(() => stored(store, "7")).toEqual({ n: 1_000 })
})

test("a handler that throws leaves no change", async () => {
  const store = newStore()
  stage.dispatcher.derive(count(store)).on(filters.text, (ctx) => {
    ctx.count.n += 1
    if (ctx.message.text === "bad") throw new Error("Failed")
  })
  stage.dispatcher.catch(() => {})
  stage.dispatcher.start()
  for (const text of ["good", "bad", "good"]) await stage.put(textIn(1, text))
  expect(await stored(store, "1")).toEqual({ n: 2 })
})

test("the change is undone if another write of the update meets a conflict", async () => {
  const store = newStore()
  let runs = 0
  stage.dispatcher.derive(count(store)).on(filters.text, async (ctx) => {
    await ctx.state.get("space", "key")
    ctx.state.set("space", "key", "mine")
    runs += 1
    if (runs > 1) return
    ctx.count.n += 1
    const key = { botId, space: "space", key: "key" }
    await stage.queue.state.write([{ kind: "set", key, json: '"theirs"' }])
  })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(runs).toBe(2)
  expect(await stored(store, "1")).toBeUndefined()
})

test("a store that fails fails the update, and undoes the change in another store", async () => {
  const [store, broken] = [newStore(), newStore()]
  const other = session("other", { initial: () => ({ n: 0 }), store: broken })
  const errors: unknown[] = []
  broken.set = () => Promise.reject(new Error("Disk full"))
  stage.dispatcher
    .derive(count(store))
    .derive(other)
    .on(filters.text, (ctx) => {
      ctx.count.n += 1
      ctx.other.n += 1
    })
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toMatchObject([{ message: "Disk full" }])
  expect(await stored(store, "1")).toBeUndefined()
})

test("a store whose `set` resolves with false fails the update", async () => {
  const store = newStore()
  store.set = () => Promise.resolve(false)
  const errors: unknown[] = []
  counting(store)
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toMatchObject([{ message: expect.stringContaining(`${botId}:count:1`) }])
})

test("a text of another program sets the update aside, and stays", async () => {
  const store = newStore()
  await store.set(`${botId}:count:1`, "theirs")
  const errors: unknown[] = []
  counting(store)
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toMatchObject([{ code: "unhandleable" }])
  expect(await store.get(`${botId}:count:1`)).toBe("theirs")
})

test("data that become the initial ones are deleted, also for a repeated update", async () => {
  const store = newStore()
  const reset = textIn(1, "reset")
  const register = () =>
    stage.dispatcher.derive(count(store)).on(filters.text, (ctx) => {
      ctx.count.n = ctx.message.text === "reset" ? 0 : ctx.count.n + 1
    })
  register()
  stage.dispatcher.start()
  for (const update of [textIn(1), reset]) await stage.put(update)
  expect(await stored(store, "1")).toBeUndefined()
  restart()
  register()
  stage.dispatcher.start()
  for (const update of [reset, textIn(1)]) await stage.put(update)
  expect(await stored(store, "1")).toEqual({ n: 1 })
})

test("unused data expire, and the store is told the time", async () => {
  const times: unknown[] = []
  const store = newStore()
  const { set } = store
  store.set = (key, text, ttlMs) => {
    times.push(ttlMs)
    return set.call(store, key, text)
  }
  const seen = counting(store, { ttlMs: 50 })
  stage.dispatcher.start()
  await stage.put(textIn(1))
  await untilTrue(
    async () => (await count(store).at(stage.queue, { botId, chatId: 1 }).read()).n === 0,
  )
  await stage.put(textIn(1))
  expect(seen).toEqual([1, 1])
  expect(times).toSatisfy((all: number[]) => all.every((ms) => ms > 0 && ms <= 51))
})

test("changes from outside and by handlers lose nothing", async () => {
  const store = newStore()
  counting(store)
  stage.dispatcher.start()
  const place = count(store).at(stage.queue, { botId, chatId: 1 })
  const changes = Array.from({ length: 20 }, () => place.update((data) => void (data.n += 1)))
  await Promise.all([...changes, ...Array.from({ length: 20 }, () => stage.put(textIn(1)))])
  expect(await place.read()).toEqual({ n: 40 })
  await place.update(() => ({ n: 0 }))
  expect(await stored(store, "1")).toBeUndefined()
})

test("if several processes share the queue, only data that a lane guards can be in a store", async () => {
  Object.defineProperty(stage.queue.state, "isShared", { value: true })
  const store = newStore()
  const errors: unknown[] = []
  counting(store)
  const user = session("user", { initial: () => ({ n: 0 }), store, key: "user" })
  stage.dispatcher.derive(user).on(filters.text, (ctx) => void (ctx.user.n += 1))
  stage.dispatcher
    .group(1)
    .derive(user)
    .on(filters.text, (ctx) => void (ctx.user.n += 1))
  stage.dispatcher.catch((error) => void errors.push(error.cause))
  stage.dispatcher.start()
  await stage.put(textIn(1))
  expect(errors).toMatchObject([
    { message: expect.stringContaining("leave out the option `store`") },
  ])
  const place = count(store).at(stage.queue, { botId, chatId: 1 })
  await expect(place.update(() => {})).rejects.toThrow("another process of this queue")
})

test("a script of a conversation refuses a session with a store, because its values are not recorded", () => {
  const sessions = [count(newStore())] as const
  expect(() => new ScriptedConversation("ask", () => {}, { sessions })).toThrow(
    "got count with a store",
  )
})

test.each([
  ["a store without methods", {}, "an object with get, set and delete"],
  ["no object", "redis", "an object with get, set and delete"],
  ["a Keyv that hides its failures", new Keyv(), "throwOnErrors"],
])("%s is refused", (_title, store, message) => {
  expect(() => count(store as SessionStore)).toThrow(message)
  expect(() => count(store as SessionStore)).toThrow(TypeError)
})
