import { Simulator } from "@sounder/simulator"
import { describe, expect, onTestFinished, test } from "vitest"
import { Bot, type BotOptions } from "../../src/bot/index.js"
import {
  broadcast,
  type BroadcastEntry,
  type BroadcastFunction,
  type BroadcastRun,
} from "../../src/broadcast/index.js"
import { messageIdsOf } from "../../src/broadcast/message-ids.js"
import { Dispatcher } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { InputFile } from "../../src/telegram/input-file.js"
import { importGraph, loadedWith, packageAliases, readSources } from "../support/import-graph.js"
import { moveClock } from "../support/moved-clock.js"
import { pathsIn, temporaryFolder } from "../support/temporary-folder.js"

const newPath = pathsIn(temporaryFolder())
const timeout = 240_000

/** Starts a simulator that enforces Telegram's limits, a bot with a dispatcher, and people who know the bot. */
async function stage(
  people: number,
  { queue = new MemoryQueue(), ...options }: BotOptions & { queue?: UpdateQueue } = {},
) {
  const clock = moveClock()
  const telegram = await Simulator.start({ limits: true })
  const account = telegram.bot()
  const users = Array.from({ length: people }, (_, index) =>
    telegram.user({ first_name: `User ${index}` }),
  )
  for (const user of users) await user.send(account, "/start")
  const ids = users.map(({ id }) => id)
  const { apiRoot } = telegram
  const bot = new Bot(account.token, {
    ...{ apiRoot, logger: silentLogger, transport: clock.transport },
    ...options,
  })
  const dispatcher = new Dispatcher({ bot, queue, logger: silentLogger })
  onTestFinished(async () => {
    await dispatcher.stop({ deadlineMs: 0 })
    await queue[Symbol.asyncDispose]()
    await telegram[Symbol.asyncDispose]()
  })
  const sent: { readonly chat: number; readonly text: string; readonly at: number }[] = []
  let refused = 0
  telegram.calls.subscribe(({ method, status, params, at }) => {
    if (!/^(send|copy)/.test(method)) return
    if (status === 429) refused += 1
    if (status === 200) {
      const { chat_id, text = "", caption = text } = params
      sent.push({ chat: Number(chat_id), text: caption, at })
    }
  })
  const place = { queue, botId: bot.id }
  /** Defines a broadcast, and starts the dispatcher. */
  const defined = (message: BroadcastFunction<undefined>, name = "news") => {
    const news = broadcast(name)
    news.handle(dispatcher, message)
    dispatcher.start()
    return news
  }
  const untilDone = (run: BroadcastRun) => untilStatus(run, "done")
  const untilStatus = async (run: BroadcastRun, status: string) => {
    for (;;) {
      const progress = await run.progress()
      if (progress?.status === status) return progress
      await clock.advance(250)
    }
  }
  const tooMany = () => refused
  return {
    ...{ clock, telegram, account, users, ids, bot, dispatcher, queue, place, sent, tooMany },
    ...{ defined, untilDone, untilStatus },
  }
}

const text = "News"
const message = () => ({ method: "sendMessage", params: { text } }) as const

const sorted = (ids: readonly number[]) => ids.toSorted((one, other) => one - other)

async function entriesOf(run: BroadcastRun): Promise<BroadcastEntry[]> {
  const entries: BroadcastEntry[] = []
  for await (const entry of run.report()) entries.push(entry)
  return entries
}

test(
  "a broadcast reaches each recipient once, and reports its progress",
  async () => {
    const { ids, place, defined, untilDone, untilStatus, sent } = await stage(40)
    const news = defined(message)
    const run = await news.start(place, { to: ids })
    const running = await untilStatus(run, "running")
    expect(running).toMatchObject({ total: 40, left: 40, sent: 0 })
    const done = await untilDone(run)
    expect(done).toMatchObject({ total: 40, left: 0, sent: 40, unsure: 0, blocked: 0 })
    expect(sent.map(({ chat }) => chat)).toEqual(ids)
    expect(await entriesOf(run)).toEqual([])
    expect(await news.run(place, run.id).progress()).toEqual(done)
  },
  timeout,
)

test.each([Infinity, 86_400_000.5])(
  "a broadcast can be kept for %d ms",
  async (keepMs) => {
    const { ids, place, dispatcher, untilDone } = await stage(2)
    const news = broadcast("news", { keepMs })
    news.handle(dispatcher, message)
    dispatcher.start()
    expect(await untilDone(await news.start(place, { to: ids }))).toMatchObject({ sent: 2 })
  },
  timeout,
)

test(
  "recipients who have blocked the bot, do not exist or have moved are reported and do not stop it",
  async () => {
    const { telegram, account, users, ids, place, defined, untilDone, sent } = await stage(5)
    const [ada, bob, ...others] = users
    bob!.block(account)
    const group = telegram.group({ title: "Group" }, ada!, account)
    const supergroup = await ada!.upgrade(group)
    const news = defined(message)
    const to = [ada!.id, bob!.id, 4_242_424_242, group.id, ...others.map(({ id }) => id)]
    const run = await news.start(place, { to })
    const done = await untilDone(run)
    expect(done).toMatchObject({ sent: 5, blocked: 1, gone: 1, migrated: 1, failed: 0, left: 0 })
    expect(sorted(sent.map(({ chat }) => chat))).toEqual(
      sorted([ada!.id, supergroup.id, ...ids.slice(2)]),
    )
    const entries = await entriesOf(run)
    expect(entries.toSorted((a, b) => a.outcome.localeCompare(b.outcome))).toEqual([
      expect.objectContaining({ chatId: bob!.id, outcome: "blocked" }),
      expect.objectContaining({ chatId: 4_242_424_242, outcome: "gone" }),
      { chatId: group.id, outcome: "migrated", migratedTo: supergroup.id },
    ])
    expect(entries[0]?.reason).toMatch(/blocked|not found/)
  },
  timeout,
)

test(
  "a recipient that is given twice gets one message, also as a group and its supergroup",
  async () => {
    const { telegram, account, users, ids, place, defined, untilDone, sent } = await stage(3)
    const [ada] = users
    const group = telegram.group({ title: "Group" }, ada!, account)
    const supergroup = await ada!.upgrade(group)
    const news = defined(message)
    const to = [...ids, `${ids[0]}`, BigInt(ids[1]!), group.id, supergroup.id, ...ids]
    const done = await untilDone(await news.start(place, { to }))
    expect(done).toMatchObject({ total: 10, sent: 4, duplicates: 6, left: 0 })
    expect(sorted(sent.map(({ chat }) => chat))).toEqual(sorted([...ids, supergroup.id]))
  },
  timeout,
)

test(
  "a function that throws for one recipient fails that one only, and can leave recipients out",
  async () => {
    const { ids, place, defined, untilDone, sent } = await stage(5)
    const news = defined(({ chatId }) => {
      if (chatId === ids[1]) throw new Error("no name")
      return chatId === ids[2] ? undefined : message()
    })
    const run = await news.start(place, { to: ids })
    expect(await untilDone(run)).toMatchObject({ sent: 3, failed: 1, omitted: 1, left: 0 })
    expect(sent).toHaveLength(3)
    const failed = { chatId: ids[1], outcome: "failed", reason: expect.stringContaining("no name") }
    expect(await entriesOf(run)).toEqual([failed])
  },
  timeout,
)

test(
  "a broadcast that fails for 20 recipients in a row pauses itself with the reason",
  async () => {
    const { ids, place, defined, untilStatus, untilDone } = await stage(40)
    const state = { isBroken: true }
    const news = defined(() => {
      if (state.isBroken) throw new Error("no template")
      return message()
    })
    const run = await news.start(place, { to: ids })
    const paused = await untilStatus(run, "paused")
    expect(paused.reason).toContain("no template")
    expect(paused.failed).toBeGreaterThanOrEqual(20)
    expect(paused.failed).toBeLessThan(30)
    state.isBroken = false
    expect(await run.resume()).toBe(true)
    const done = await untilDone(run)
    expect(done.sent).toBe(40 - done.failed)
  },
  timeout,
)

test(
  "a broadcast can be paused, resumed and cancelled, from any process with the queue",
  async () => {
    const { clock, ids, place, defined, untilDone, untilStatus, sent } = await stage(120)
    const news = defined(message)
    const run = await news.start(place, { to: ids })
    await clock.advance(2_000)
    expect(await broadcast("news").run(place, run.id).pause()).toBe(true)
    expect(await run.pause()).toBe(false)
    await clock.advance(500)
    const before = sent.length
    expect(before).toBeGreaterThan(10)
    await clock.advance(60_000)
    expect(sent).toHaveLength(before)
    expect(await untilStatus(run, "paused")).toMatchObject({ sent: before, left: 120 - before })
    expect(await run.resume()).toBe(true)
    await clock.advance(1_000)
    expect(sent.length).toBeGreaterThan(before + 10)
    expect(await run.cancel()).toBe(true)
    await clock.advance(500)
    const after = sent.length
    await clock.advance(10_000)
    expect(sent).toHaveLength(after)
    expect(await run.resume()).toBe(false)
    expect(await untilStatus(run, "cancelled")).toMatchObject({ sent: after, left: 120 - after })
    const other = await news.start(place, { to: ids.slice(0, 3) })
    await untilDone(other)
    expect(await other.cancel()).toBe(false)
    expect(await other.resume()).toBe(false)
  },
  timeout,
)

test(
  "two broadcasts at once take turns, keep the limits, and reach everybody",
  async () => {
    const { clock, ids, place, defined, untilDone, sent, tooMany } = await stage(250)
    const news = defined(message)
    const offers = defined(() => ({ method: "sendMessage", params: { text: "Offer" } }), "offers")
    const runs = [await news.start(place, { to: ids }), await offers.start(place, { to: ids })]
    for (const run of runs) expect(await untilDone(run)).toMatchObject({ sent: 250, left: 0 })
    expect(tooMany()).toBe(0)
    const firstOffer = sent.findIndex(({ text }) => text === "Offer")
    expect(firstOffer).toBeLessThan(200)
    // 500 messages at 30 per second, and the wait before the first.
    expect(clock.passedMs).toBeLessThan(19_500)
  },
  timeout,
)

test(
  "a file is uploaded once, and then sent by its id",
  async () => {
    const { telegram, ids, place, defined, untilDone } = await stage(12)
    const bytes = new Uint8Array(2_000).fill(7)
    const news = defined(() => ({
      method: "sendDocument",
      params: { document: InputFile.bytes(bytes, { filename: "news.txt" }), caption: text },
    }))
    await untilDone(await news.start(place, { to: ids }))
    const documents = telegram.calls
      .filter(({ method }) => method === "sendDocument")
      .map(({ params }) => params["document"])
    expect(documents).toHaveLength(12)
    const fileIds = documents.filter((document) => document !== undefined && document !== "")
    expect(new Set(fileIds.slice(-11)).size).toBe(1)
    expect(fileIds.filter((document) => document === fileIds.at(-1))).toHaveLength(11)
  },
  timeout,
)

test(
  "a 429 of hours pauses the broadcast, which says until when, and answers go on",
  async () => {
    const { clock, telegram, ids, users, bot, place, defined, untilStatus, untilDone, sent } =
      await stage(20)
    const seconds = 10_072
    telegram.fault("sendMessage", { retryAfter: seconds }, 2)
    const news = defined(message)
    const run = await news.start(place, { to: ids.slice(1) })
    const waiting = await untilStatus(run, "waiting")
    const waitMs = (waiting.until?.getTime() ?? 0) - Date.now()
    expect(waitMs).toBeGreaterThan((seconds - 10) * 1_000)
    expect(waiting.reason).toContain("Too Many Requests")
    await clock.until(bot.sendMessage({ chat_id: users[0]!.id, text: "Answer" }))
    expect(sent.map(({ text }) => text)).toEqual(["Answer"])
    await clock.advance(waitMs + 10_000)
    expect(await untilDone(run)).toMatchObject({ sent: 19, left: 0, unsure: 0 })
    expect(sent).toHaveLength(20)
  },
  timeout,
)

test(
  "a repeated handler starts each of its broadcasts once",
  async () => {
    const { clock, users, ids, bot, queue, place, untilDone, sent } = await stage(3)
    const attempts = { max: 2 }
    const dispatcher = new Dispatcher({ bot, queue, attempts, logger: silentLogger })
    const news = broadcast<{ text: string }>("news")
    news.handle(dispatcher, ({ data }) => ({ method: "sendMessage", params: { text: data.text } }))
    const runs: BroadcastRun[] = []
    dispatcher.command("news", async (ctx) => {
      for (const text of ["Hello", "Bye"]) {
        runs.push(await news.start(ctx, { to: ids, data: { text } }))
      }
      if (ctx.attempt === 1) throw new Error("Again")
    })
    dispatcher.start()
    onTestFinished(async () => void (await dispatcher.stop({ deadlineMs: 0 })))
    const from = { id: users[0]!.id, is_bot: false, first_name: "Ada" }
    const command = { offset: 0, length: 5, type: "bot_command" } as const
    const update = {
      update_id: 5,
      message: {
        ...{ message_id: 1, date: 1, chat: { ...from, type: "private" as const }, from },
        ...{ text: "/news", entities: [command] },
      },
    }
    const handled = queue.put({ botId: bot.id, update })
    while (runs.length < 4) await clock.advance(500)
    await handled
    const both = ["update 5", "update 5, broadcast 2"]
    expect(runs.map(({ id }) => id)).toEqual([...both, ...both])
    for (const run of runs) expect(await untilDone(run)).toMatchObject({ total: 3, sent: 3 })
    const again = await news.start(place, { id: "update 5", to: [1], data: { text: "Other" } })
    expect(await again.progress()).toMatchObject({ status: "done", total: 3 })
    const texts = sent.map((message) => message.text)
    expect(texts.toSorted()).toEqual(["Bye", "Bye", "Bye", "Hello", "Hello", "Hello"])
  },
  timeout,
)

describe("nothing is sent", () => {
  test("if the stream of recipients fails, or the start is aborted", async () => {
    const { clock, ids, place, defined, sent } = await stage(3)
    const news = defined(message)
    async function* failing() {
      yield* ids
      throw new Error("connection lost")
    }
    await expect(news.start(place, { id: "a", to: failing() })).rejects.toThrow("connection lost")
    const { signal } = new AbortController()
    const aborted = AbortSignal.abort(new Error("enough"))
    const start = news.start(place, { id: "a", to: ids, signal: aborted })
    await expect(start).rejects.toThrow("enough")
    await clock.advance(5_000)
    expect(sent).toEqual([])
    expect(await news.run(place, "a").progress()).toBeUndefined()
    expect(await news.run(place, "a").resume()).toBe(false)
    await news.start(place, { id: "a", to: ids, signal })
    await clock.advance(5_000)
    expect(sent).toHaveLength(3)
  })

  test("for a wrong option or a wrong recipient", async () => {
    const { ids, place, defined } = await stage(1)
    const news = defined(message)
    const wrong = (options: object) => news.start(place, { to: ids, ...options })
    await expect(wrong({ to: [ids[0], "Ada"] })).rejects.toThrow("`to`")
    await expect(wrong({ to: [1.5] })).rejects.toThrow("`to`")
    for (const to of ["12345", 5, null, undefined, {}]) {
      await expect(wrong({ to })).rejects.toThrow(
        "Expected the `to` option to be a list or a stream",
      )
    }
    await expect(wrong({ unsure: "maybe" })).rejects.toThrow("`unsure`")
    await expect(wrong({ messageIds: 1 })).rejects.toThrow("`messageIds`")
    await expect(wrong({ id: "" })).rejects.toThrow("`id`")
    await expect(wrong({ data: { at: new Date() } })).rejects.toThrow("data")
    expect(() => broadcast("")).toThrow("`name`")
    expect(() => broadcast("news", { keepMs: -1 })).toThrow("`keepMs`")
  })
})

test(
  "a call whose outcome is unknown is repeated or skipped, and counted",
  async () => {
    const { telegram, ids, place, defined, untilDone, sent } = await stage(6)
    const news = defined(message)
    telegram.fault("sendMessage", "cut")
    const repeated = await untilDone(await news.start(place, { to: ids }))
    expect(repeated).toMatchObject({ sent: 6, unsure: 1, skipped: 0, left: 0 })
    expect(new Set(sent.map(({ chat }) => chat)).size).toBe(6)
    sent.length = 0
    telegram.fault("sendMessage", "cut")
    const run = await news.start(place, { to: ids, unsure: "skip" })
    expect(await untilDone(run)).toMatchObject({ sent: 5, unsure: 1, skipped: 1, left: 0 })
    expect(await entriesOf(run)).toEqual([
      { chatId: expect.any(Number), outcome: "skipped", reason: expect.any(String) },
    ])
    expect(new Set(sent.map(({ chat }) => chat)).size).toBe(sent.length)
  },
  timeout,
)

test(
  "a broadcast goes on after a stop of the program, and nobody gets the message twice",
  async () => {
    const path = newPath()
    const { clock, ids, bot, place, defined, dispatcher, queue, sent } = await stage(150, {
      queue: new SqliteQueue({ path }),
    })
    const news = defined(message)
    const run = await news.start(place, { to: ids })
    while (sent.length < 30) await clock.advance(100)
    await clock.until(dispatcher.stop())
    const before = sent.length
    await clock.advance(10_000)
    expect(sent).toHaveLength(before)
    await queue[Symbol.asyncDispose]()
    await using reopened = new SqliteQueue({ path })
    const next = new Dispatcher({ bot, queue: reopened, logger: silentLogger })
    const again = broadcast("news")
    again.handle(next, message)
    next.start()
    const later = again.run({ queue: reopened, botId: bot.id }, run.id)
    while ((await later.progress())?.status !== "done") await clock.advance(100)
    await clock.until(next.stop({ deadlineMs: 0 }))
    expect(await later.progress()).toMatchObject({ status: "done", sent: 150, unsure: 0 })
    expect(sorted(sent.map(({ chat }) => chat))).toEqual(sorted(ids))
  },
  timeout,
)

test(
  "a worker that has lost its slice begins no call, and the broadcast can be resumed",
  async () => {
    const { clock, ids, bot, queue, place, defined, untilDone, sent } = await stage(90)
    const news = defined(message)
    const run = await news.start(place, { to: ids, unsure: "skip" })
    await clock.advance(2_000)
    const key = {
      ...{ botId: bot.id, space: "broadcast" },
      key: `${JSON.stringify(["news", run.id])} progress`,
    }
    const [entry] = (await queue.state?.read([key])) ?? []
    const progress: object = JSON.parse(entry?.json ?? "{}")
    const json = JSON.stringify({ ...progress, owner: "another worker" })
    await queue.state?.write([{ kind: "set", key, json }])
    const before = sent.length
    await clock.advance(30_000)
    expect(sent).toHaveLength(before)
    expect(await run.resume()).toBe(true)
    const done = await untilDone(run)
    expect(done).toMatchObject({ left: 0, failed: 0 })
    expect(done.sent + done.skipped).toBe(90)
    expect(new Set(sent.map(({ chat }) => chat)).size).toBe(sent.length)
  },
  timeout,
)

test(
  "by choice the report has all recipients with the ids of their messages, which can be deleted",
  async () => {
    const { telegram, account, users, ids, bot, place, defined, untilDone, clock } = await stage(3)
    const [ada, bob] = users
    bob!.block(account)
    const group = telegram.group({ title: "Group" }, ada!, account)
    const supergroup = await ada!.upgrade(group)
    const news = defined(message)
    const run = await news.start(place, { to: [...ids, group.id], messageIds: true })
    expect(await untilDone(run)).toMatchObject({ sent: 3, blocked: 1, left: 0 })
    const entries = await entriesOf(run)
    expect(sorted(entries.map(({ chatId }) => Number(chatId)))).toEqual(sorted([...ids, group.id]))
    for (const { chatId, outcome, messageIds, migratedTo } of entries) {
      if (chatId === bob!.id) {
        expect([outcome, messageIds]).toEqual(["blocked", undefined])
        continue
      }
      expect([outcome, migratedTo]).toEqual(
        chatId === group.id ? ["migrated", supergroup.id] : ["sent", undefined],
      )
      const chat_id = migratedTo ?? chatId
      const [message_id = 0] = messageIds!
      const edit = () => clock.until(bot.editMessageText({ chat_id, message_id, text: "Old" }))
      expect(await edit()).toMatchObject({ message_id, text: "Old" })
      await clock.until(bot.deleteMessages({ chat_id, message_ids: [...messageIds!] }))
      await expect(edit()).rejects.toThrow("message to edit not found")
    }
  },
  timeout,
)

test.each([
  [{ message_id: 5, chat: {} }, [5]],
  [
    [{ message_id: 5 }, { message_id: 6 }],
    [5, 6],
  ],
  [true, []],
  [undefined, []],
  [[null, { message_id: "7" }], []],
])("the ids of the messages in %j", (result, ids) => {
  expect(messageIdsOf(result)).toEqual(ids)
})

test("a program without broadcasts loads no part of them", () => {
  const graph = importGraph(readSources("src"), packageAliases())
  const loaded = [...loadedWith(graph, ["src/index.ts", "src/webhook.ts"]).keys()]
  expect(loaded).toContain("src/updater.ts")
  expect(loaded.filter((path) => path.startsWith("src/broadcast/"))).toEqual([])
})
