import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import {
  type Context,
  Dispatcher,
  filters,
  limit,
  type LimitOptions,
} from "../../../src/dispatch/index.js"
import { RecentTimes } from "../../../src/dispatch/handlers/recent-times.js"
import { session } from "../../../src/session/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"
import { untilTrue } from "../../support/waiting.js"
import { ada, channel, group, namedBot, textUpdate, updateWith } from "../../support/updates.js"

let now = 0
beforeEach(() => {
  now = 1_000
  vi.spyOn(performance, "now").mockImplementation(() => now)
})
afterEach(() => void vi.restoreAllMocks())

/** Returns a dispatcher with a limit, and the updates that passed or exceeded it. */
function limited(options: Partial<LimitOptions>) {
  const dispatcher = new Dispatcher({ bot: namedBot() })
  const [passed, exceeded]: [number[], number[]] = [[], []]
  const note = (list: number[]) => (ctx: Context) => void list.push(ctx.update.update_id)
  dispatcher.use(limit({ max: 2, perMs: 10_000, exceeded: note(exceeded), ...options }))
  dispatcher.use(note(passed))
  return { dispatcher, passed, exceeded }
}

const from = (id: number, fields: object = {}) =>
  textUpdate("x", { from: { ...ada, id }, ...fields })

async function processAll(dispatcher: Dispatcher, updates: readonly Update[]) {
  for (const update of updates) await dispatcher.process(update)
  return updates.map(({ update_id: id }) => id)
}

test("at most `max` updates of a user pass within any `perMs`", async () => {
  const { dispatcher, passed } = limited({})
  const times = [0, 6_000, 9_000, 10_001, 15_000, 16_001]
  const ids: number[] = []
  for (const time of times) {
    now = 1_000 + time
    ids.push(...(await processAll(dispatcher, [from(7)])))
  }
  expect(passed.map((id) => times[ids.indexOf(id)])).toEqual([0, 6_000, 10_001, 16_001])
})

test("`exceeded` is called once for a flood, and again for the flood after `perMs`", async () => {
  const { dispatcher, exceeded } = limited({})
  const first = await processAll(
    dispatcher,
    Array.from({ length: 50 }, () => from(7)),
  )
  now += 10_001
  const second = await processAll(
    dispatcher,
    Array.from({ length: 50 }, () => from(7)),
  )
  expect(exceeded).toEqual([first[2], second[2]])
})

test("users are counted apart, and so are the bots of a fleet", async () => {
  const { dispatcher, passed } = limited({ max: 1 })
  const ids = await processAll(dispatcher, [from(7), from(8), from(7)])
  const other = namedBot()
  Object.defineProperty(other, "id", { value: 111 })
  const update = from(7)
  await dispatcher.process(update, { bot: other })
  expect(passed).toEqual([ids[0], ids[1], update.update_id])
})

test("presses and inline queries of a user count, too", async () => {
  const { dispatcher, passed } = limited({ max: 1 })
  const press = { id: "1", from: ada, chat_instance: "1", data: "x" }
  const ids = await processAll(dispatcher, [
    updateWith({ callback_query: press }),
    updateWith({ inline_query: { id: "1", from: ada, query: "", offset: "" } }),
    from(ada.id),
  ])
  expect(passed).toEqual([ids[0]])
})

test("anonymous administrators of different groups do not share a count", async () => {
  const { dispatcher, passed } = limited({ max: 1 })
  const anonymous = { id: 1_087_968_824, is_bot: true, first_name: "Group" }
  const inGroup = (id: number) =>
    textUpdate("x", { from: anonymous, chat: { ...group, id }, sender_chat: { ...group, id } })
  const ids = await processAll(dispatcher, [inGroup(-1), inGroup(-2), inGroup(-1)])
  expect(passed).toEqual(ids.slice(0, 2))
})

test("the key can be the chat or a function, and an update without a key passes", async () => {
  const byChat = limited({ max: 1, key: "chat" })
  const ids = await processAll(byChat.dispatcher, [
    from(1, { chat: group }),
    from(2, { chat: group }),
    from(1),
  ])
  expect(byChat.passed).toEqual([ids[0], ids[2]])
  const none = limited({ max: 1, key: () => undefined })
  const all = await processAll(none.dispatcher, [from(1), from(1)])
  expect(none.passed).toEqual(all)
  const posts = limited({ max: 1, key: (ctx) => ctx.channelPost?.chat.id })
  const post = () =>
    updateWith({ channel_post: { message_id: 1, date: 1, chat: channel, text: "x" } })
  expect(posts.passed).toEqual([])
  const [first] = await processAll(posts.dispatcher, [post(), post()])
  expect(posts.passed).toEqual([first])
})

describe("a limit in front of a session", () => {
  const stage = dispatchedEach()

  test("lets nothing be read for an update that does not pass", async () => {
    const read = vi.spyOn(stage.queue.state, "readNow")
    const { dispatcher } = stage
    dispatcher.use(limit({ max: 2, perMs: 10_000 }))
    const app = dispatcher.derive(session("count", { initial: () => ({ n: 0 }) }))
    app.use((ctx) => void (ctx.count.n += 1))
    dispatcher.start()
    for (let count = 0; count < 20; count++) await stage.put(textIn(7))
    await dispatcher.stop()
    expect(read).toHaveBeenCalledTimes(2)
  })

  test("lets a retry pass uncounted, and so events", async () => {
    const dispatcher = stage.dispatcherWith({ attempts: { max: 3, backoff: () => 0 } })
    const attempts: number[] = []
    dispatcher.use(limit({ max: 1, perMs: 10_000 }))
    dispatcher.on(filters.text, (ctx) => {
      attempts.push(ctx.attempt)
      if (ctx.attempt < 3) throw new Error("again")
      ctx.state.put({ name: "event", data: null })
      ctx.state.put({ name: "event", data: null })
    })
    const ran = vi.fn<() => void>()
    dispatcher.event("event", ran)
    dispatcher.catch(() => {})
    dispatcher.start()
    await stage.put(textIn(7))
    await untilTrue(() => ran.mock.calls.length === 2)
    expect(attempts).toEqual([1, 2, 3])
    await dispatcher.stop()
  })
})

describe("the memory of a limit", () => {
  test("holds at most `maxKeys` keys, the ones of the last updates", () => {
    const times = new RecentTimes({ max: 1, perMs: 10_000, maxKeys: 100 })
    for (let key = 0; key < 10_000; key++) times.add(`${key}`)
    expect(times.size).toBe(100)
    expect(times.add("9999")).toBe(false)
    expect(times.add("0")).toBe(true)
  })

  test("forgets keys that are idle for `perMs`", () => {
    const times = new RecentTimes({ max: 1, perMs: 10_000, maxKeys: 100 })
    for (let key = 0; key < 50; key++) times.add(`${key}`)
    now += 10_001
    times.add("new")
    expect(times.size).toBe(1)
  })

  test("a flood of one key does not grow it", () => {
    const times = new RecentTimes({ max: 3, perMs: 10_000, maxKeys: 100 })
    const added = Array.from({ length: 1_000 }, () => times.add("a")).filter(Boolean)
    expect([added.length, times.size]).toEqual([3, 1])
  })
})

test.each<[string, object]>([
  ["no `max`", { max: undefined }],
  ["a `max` of 0", { max: 0 }],
  ["a `perMs` that is no integer", { perMs: 0.5 }],
  ["an unknown key", { key: "topic" }],
  ["an `exceeded` that is no function", { exceeded: "reply" }],
  ["no keys", { maxKeys: 0 }],
])("%s is a TypeError", (_, options) => {
  expect(() => limit({ max: 1, perMs: 1, ...options })).toThrow(TypeError)
})
