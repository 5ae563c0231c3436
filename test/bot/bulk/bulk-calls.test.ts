import { Simulator } from "@sounder/simulator"
import { describe, expect, onTestFinished, test } from "vitest"
import { Bot, type BotOptions } from "../../../src/bot/index.js"
import { silentLogger } from "../../../src/ground/logger.js"
import { RetryAfter } from "../../../src/telegram/errors.js"
import { moveClock, type MovedClock } from "../../support/moved-clock.js"
import { BotApiServer, refusal, type Script } from "../bot-api-server.js"

/** Starts a simulator that enforces Telegram's limits, a bot, and people who have written to it. */
async function stage(people: number, options: BotOptions = {}) {
  const clock = moveClock()
  const telegram = await Simulator.start({ limits: true })
  onTestFinished(() => telegram[Symbol.asyncDispose]())
  const account = telegram.bot()
  const users = Array.from({ length: people }, () => telegram.user())
  for (const user of users) await user.send(account, "/start")
  const bot = botOf(clock, { apiRoot: telegram.apiRoot, ...options }, account.token)
  const start = Date.now()
  const sentAt = (method = "sendMessage") =>
    telegram.calls.filter((call) => call.method === method).map(({ at }) => at - start)
  const tooMany = () => telegram.calls.filter(({ status }) => status === 429).length
  return { clock, telegram, account, users, bot, sentAt, tooMany }
}

function botOf(clock: MovedClock, options: BotOptions, token = "1:a"): Bot {
  return new Bot(token, { logger: silentLogger, transport: clock.transport, ...options })
}

/** Starts a server with a script, and a bot. */
async function scripted(script: Script, options: BotOptions = {}) {
  const clock = moveClock()
  const server = await BotApiServer.start(script)
  onTestFinished(() => server[Symbol.asyncDispose]())
  const bot = server.bot({ transport: clock.transport, ...options })
  return { clock, server, bot }
}

const text = "News"
const bulk = true

test("bulk calls are sent as fast as Telegram permits, and none is refused", async () => {
  const { clock, bot, users, tooMany, sentAt } = await stage(150)
  const sent = Promise.all(users.map(({ id }) => bot.sendMessage({ chat_id: id, text }, { bulk })))
  await clock.until(sent)
  expect(tooMany()).toBe(0)
  expect(sentAt()).toHaveLength(150)
  // A second passes before the first call, because calls before it were not counted.
  const seconds = (clock.passedMs - 1_000) / 1_000
  expect(150 / seconds).toBeGreaterThan(0.98 * 30)
  expect(150 / seconds).toBeLessThan(30.5)
})

test("other calls are made before bulk calls, within a moment, and none is refused", async () => {
  const { clock, bot, users, tooMany } = await stage(150)
  const [reader, ...others] = users
  const sent = Promise.all(others.map(({ id }) => bot.sendMessage({ chat_id: id, text }, { bulk })))
  const waits: number[] = []
  const answer = async () => {
    const asked = Date.now()
    await bot.sendMessage({ chat_id: reader?.id ?? 0, text: "Answer" })
    waits.push(Date.now() - asked)
  }
  for (let count = 0; count < 3; count += 1) {
    await clock.advance(1_100)
    await clock.until(answer())
  }
  await clock.until(sent)
  expect(tooMany()).toBe(0)
  expect(Math.max(...waits)).toBeLessThanOrEqual(50)
})

test("many other calls at once wait only for what bulk calls have used up", async () => {
  const { clock, bot, users, tooMany, telegram } = await stage(200)
  const sent = Promise.all(
    users.slice(0, 170).map(({ id }) => bot.sendMessage({ chat_id: id, text }, { bulk })),
  )
  await clock.advance(3_000)
  const asked = Date.now()
  const answers = users.slice(170).map(({ id }) => bot.sendMessage({ chat_id: id, text: "Answer" }))
  await clock.until(Promise.all(answers))
  expect(Date.now() - asked).toBeLessThanOrEqual(1_100)
  const during = telegram.calls.filter(({ at }) => at >= asked)
  expect(during.every(({ params }) => params["text"] === "Answer")).toBe(true)
  await clock.until(sent)
  expect(tooMany()).toBe(0)
})

test("a chat gets bulk calls at most once per second, and also after an answer", async () => {
  const { clock, bot, users, tooMany, sentAt } = await stage(1)
  const [{ id } = { id: 0 }] = users
  const sent = Promise.all([1, 2, 3].map(() => bot.sendMessage({ chat_id: id, text }, { bulk })))
  await clock.advance(1_500)
  await clock.until(bot.sendMessage({ chat_id: id, text: "Answer" }))
  await clock.until(sent)
  expect(tooMany()).toBe(0)
  const gaps = sentAt().map((at, index, all) => at - (all[index - 1] ?? -Infinity))
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(1_000)
})

test("a group gets at most 20 messages in any minute, and holds no other chat up", async () => {
  const { clock, telegram, account, bot, users, tooMany, sentAt } = await stage(30)
  const [owner] = users
  const group = telegram.group({ title: "Group" }, owner!, account)
  await clock.until(bot.sendMessage({ chat_id: owner!.id, text }, { bulk }))
  const start = clock.passedMs
  const many = Array.from({ length: 60 }, () =>
    bot.sendMessage({ chat_id: group.id, text }, { bulk }),
  )
  const toPeople = users.map(({ id }) => bot.sendMessage({ chat_id: id, text }, { bulk }))
  await clock.until(Promise.all(toPeople))
  expect(clock.passedMs - start).toBeLessThan(3_000)
  await clock.until(bot.sendMessage({ chat_id: group.id, text: "Answer" }))
  await clock.until(Promise.all(many))
  expect(tooMany()).toBe(0)
  expect(sentAt()).toHaveLength(92)
  expect(clock.passedMs - start).toBeLessThan(200_000)
})

test("an album counts with each of its messages", async () => {
  const { clock, server, bot } = await scripted(() => ({ result: [] }))
  const media = Array.from({ length: 10 }, () => ({ type: "photo" as const, media: "id" }))
  const sent = Array.from({ length: 12 }, (_, index) =>
    bot.sendMediaGroup({ chat_id: index + 1, media }, { bulk }),
  )
  await clock.until(Promise.all(sent))
  expect(server.received).toHaveLength(12)
  // 120 messages take four seconds, less the first album, after the first second.
  expect(clock.passedMs).toBeGreaterThanOrEqual(1_000 + 11 * 333)
})

test("calls that are paid for are sent a thousand times per second", async () => {
  const { clock, bot } = await scripted(() => ({ result: true }))
  const sent = Array.from({ length: 600 }, (_, index) =>
    bot.sendMessage({ chat_id: index + 1, text, allow_paid_broadcast: true }, { bulk }),
  )
  await clock.until(Promise.all(sent))
  expect(clock.passedMs - 1_000).toBeGreaterThanOrEqual(580)
  expect(clock.passedMs - 1_000).toBeLessThan(660)
})

test("calls that send no message do not wait", async () => {
  const { clock, server, bot } = await scripted(() => ({ result: true }))
  const waiting = bot.sendMessage({ chat_id: 1, text }, { bulk })
  await clock.until(bot.sendChatAction({ chat_id: 1, action: "typing" }, { bulk }))
  await clock.until(bot.getMe())
  expect(server.received.map(({ method }) => method)).toEqual(["sendChatAction", "getMe"])
  await clock.until(waiting)
})

test("`perSecond` leaves room for other machines", async () => {
  const { clock, bot, users } = await stage(60, { bulk: { perSecond: 10 } })
  await clock.until(
    Promise.all(users.map(({ id }) => bot.sendMessage({ chat_id: id, text }, { bulk }))),
  )
  expect(clock.passedMs - 1_000).toBeGreaterThan(5_800)
  expect(() => new Bot("1:a", { bulk: { perSecond: 0 } })).toThrow("`bulk.perSecond`")
})

test("an abort ends the wait of a bulk call", async () => {
  const { clock, server, bot } = await scripted(() => ({ result: true }))
  const end = new AbortController()
  const sent = bot.sendMessage({ chat_id: 1, text }, { bulk, signal: end.signal })
  await clock.advance(500)
  end.abort(new Error("enough"))
  await expect(clock.until(sent)).rejects.toThrow("enough")
  await clock.until(bot.sendMessage({ chat_id: 2, text }, { bulk }))
  expect(server.received.map(({ json }) => json["chat_id"])).toEqual([2])
})

test("`beforeSend` is awaited when the turn has come, and its rejection sends nothing", async () => {
  const { clock, server, bot } = await scripted(() => ({ result: true }))
  let calledAt = 0
  const beforeSend = async () => {
    calledAt = clock.passedMs
    expect(server.received).toHaveLength(0)
    await new Promise((done) => setTimeout(done, 100))
  }
  await clock.until(bot.sendMessage({ chat_id: 1, text }, { bulk: { beforeSend } }))
  expect(calledAt).toBe(1_000)
  expect(clock.passedMs).toBe(1_100)
  const refuse = () => Promise.reject(new Error("not now"))
  const refused = bot.sendMessage({ chat_id: 2, text }, { bulk: { beforeSend: refuse } })
  await expect(clock.until(refused)).rejects.toThrow("not now")
  expect(server.received).toHaveLength(1)
})

describe("a 429", () => {
  const tooMany = (seconds: number) =>
    refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

  test("to one chat stops only the bulk calls to that chat", async () => {
    let refusals = 0
    const { clock, server, bot } = await scripted(({ json }) =>
      json["chat_id"] === 5 && (refusals += 1) === 1 ? tooMany(30) : { result: true },
    )
    const all = Array.from({ length: 20 }, (_, index) =>
      bot.sendMessage({ chat_id: index + 1, text }, { bulk }).then(() => clock.passedMs),
    )
    const times = await clock.until(Promise.all(all))
    expect(times.toSpliced(4, 1).every((at) => at < 2_500)).toBe(true)
    expect(times[4]).toBeGreaterThan(31_000)
    expect(server.received).toHaveLength(21)
  })

  test("to the whole bot stops all bulk calls after two refusals", async () => {
    const { clock, server, bot } = await scripted(() =>
      clock.passedMs < 20_000 ? tooMany(20) : { result: true },
    )
    const all = Array.from({ length: 30 }, (_, index) =>
      bot.sendMessage({ chat_id: index + 1, text }, { bulk }),
    )
    await clock.until(Promise.all(all))
    const refused = server.received.length - 30
    expect(refused).toBe(2)
    expect(clock.passedMs).toBeGreaterThan(21_000)
  })

  test("rejects a bulk call that cannot wait so long, without a request", async () => {
    const { clock, server, bot } = await scripted(() => tooMany(10_072))
    const all = Array.from({ length: 10 }, (_, index) =>
      bot.sendMessage({ chat_id: index + 1, text }, { bulk }).catch((error: unknown) => error),
    )
    const errors = await clock.until(Promise.all(all))
    expect(server.received).toHaveLength(2)
    for (const error of errors) expect(error).toBeInstanceOf(RetryAfter)
    expect((errors[9] as RetryAfter).retryAfter).toBeGreaterThan(10_000)
  })

  test("to bulk calls does not stop an answer", async () => {
    const { clock, bot } = await scripted(({ json }) =>
      json["text"] === text ? tooMany(600) : { result: true },
    )
    const all = Array.from({ length: 5 }, (_, index) =>
      bot.sendMessage({ chat_id: index + 1, text }, { bulk }).catch(() => {}),
    )
    await clock.until(Promise.all(all))
    const before = clock.passedMs
    await clock.until(bot.sendMessage({ chat_id: 77, text: "Answer" }))
    expect(clock.passedMs - before).toBeLessThanOrEqual(50)
  })
})
