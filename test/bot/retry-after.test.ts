import { describe, expect, test, vi } from "vitest"
import type { Logger } from "../../src/ground/logger.js"
import { silentLogger } from "../../src/ground/logger.js"
import { RetryAfter } from "../../src/telegram/errors.js"
import { untilTrue } from "../support/waiting.js"
import { BotApiServer, type Received, refusal, rejection } from "./bot-api-server.js"

const tooMany = (seconds: number) =>
  refusal(429, `Too Many Requests: retry after ${seconds}`, { retry_after: seconds })

/**
 * Starts a server that refuses the first `times` calls of a chat or method, and records when each
 * came.
 */
async function flooded(seconds: number, times: number, isFlooded: (call: Received) => boolean) {
  const calls: { readonly what: string; readonly at: number }[] = []
  let refused = 0
  const server = await BotApiServer.start((call) => {
    calls.push({
      what: `${call.method} ${String(call.json["chat_id"] ?? "")}`,
      at: performance.now(),
    })
    if (!isFlooded(call) || refused >= times) return { result: true }
    refused += 1
    return tooMany(seconds)
  })
  return { server, calls }
}

/** Returns a logger, and the logged wait of each delayed call. */
function heardWaits() {
  const waits: string[] = []
  const logger: Logger = { ...silentLogger, info: (line) => waits.push(line) }
  return { logger, waits }
}

const inChat = (chat: number) => (call: Received) => call.json["chat_id"] === chat

test("a call waits as long as Telegram demands and is sent again", async () => {
  const { server, calls } = await flooded(0.2, 1, inChat(5))
  await using _server = server
  await using bot = server.bot()
  expect(await bot.sendMessage({ chat_id: 5, text: "x" })).toBe(true)
  expect(calls).toHaveLength(2)
  expect(calls[1]!.at - calls[0]!.at).toBeGreaterThanOrEqual(195)
})

test("further calls to the chat wait as well, calls to others do not", async () => {
  const { server, calls } = await flooded(3, 1, inChat(5))
  const { logger, waits } = heardWaits()
  await using _server = server
  await using bot = server.bot({ logger })
  const first = bot.sendMessage({ chat_id: 5, text: "1" })
  await expect.poll(() => waits.length).toBe(1)
  const second = bot.sendMessage({ chat_id: "5", text: "2" })
  await bot.sendMessage({ chat_id: 6, text: "3" })
  await bot.getMe()
  expect(calls.map(({ what }) => what)).toEqual(["sendMessage 5", "sendMessage 6", "getMe "])
  await Promise.all([first, second])
  expect(calls.slice(3).map(({ what }) => what)).toEqual(["sendMessage 5", "sendMessage 5"])
  for (const { at } of calls.slice(3)) expect(at - calls[0]!.at).toBeGreaterThanOrEqual(2_995)
})

describe("a 429 pauses only the calls that it concerns", () => {
  const pausing: [string, object, string, object][] = [
    ["sendMessage", { chat_id: 5 }, "deleteMessage", { chat_id: 5, message_id: 1 }],
    ["sendMessage", { chat_id: 5 }, "sendChatAction", { chat_id: 5, action: "typing" }],
    ["sendMessage", { chat_id: 5 }, "sendMessage", { chat_id: 5, business_connection_id: "b" }],
    ["editMessageText", { inline_message_id: "i" }, "editMessageText", { inline_message_id: "j" }],
    ["editMessageText", { inline_message_id: "i" }, "sendMessage", { chat_id: 5 }],
    ["addStickerToSet", { user_id: 7, name: "a" }, "addStickerToSet", { user_id: 8, name: "b" }],
    ["setStickerSetTitle", { name: "a" }, "setStickerSetTitle", { name: "b" }],
    ["answerInlineQuery", { inline_query_id: "1" }, "sendMessage", { chat_id: 6 }],
    ["answerInlineQuery", { inline_query_id: "1" }, "getUpdates", {}],
    ["getMe", {}, "getUpdates", {}],
  ]

  test.each(pausing)("%s %j lets %s %j pass", async (method, params, other, otherParams) => {
    const { server, calls } = await flooded(30, 1, (call) => call.method === method)
    await using _server = server
    await using bot = server.bot({ retryAfter: { maxWaitMs: 1000 } })
    await expect(bot.call(method, params)).rejects.toBeInstanceOf(RetryAfter)
    expect(await bot.call(other, otherParams)).toBe(true)
    await expect(bot.call(method, params)).rejects.toBeInstanceOf(RetryAfter)
    expect(calls).toHaveLength(2)
  })

  test.each([
    ["sendMessage", { chat_id: 5 }, "editMessageText", { chat_id: 5, message_id: 1 }],
    ["sendPhoto", { chat_id: "@club" }, "copyMessages", { chat_id: "@club" }],
    ["answerInlineQuery", { inline_query_id: "1" }, "answerInlineQuery", { inline_query_id: "2" }],
  ])("%s %j holds back %s %j", async (method, params, other, otherParams) => {
    const { server, calls } = await flooded(30, 1, (call) => call.method === method)
    await using _server = server
    await using bot = server.bot({ retryAfter: { maxWaitMs: 1000 } })
    await expect(bot.call(method, params)).rejects.toBeInstanceOf(RetryAfter)
    await expect(bot.call(other, otherParams)).rejects.toBeInstanceOf(RetryAfter)
    expect(calls).toHaveLength(1)
  })
})

describe("a `retry_after` of an unexpected form", () => {
  test.each([null, "soon", {}, [1, 2], -5, true])("counts as a second: %j", async (odd) => {
    await using server = await BotApiServer.start(() =>
      refusal(429, "Too Many Requests", { retry_after: odd }),
    )
    await using bot = server.bot({ retryAfter: { attempts: 0 } })
    await expect(bot.getMe()).rejects.toMatchObject({ retryAfter: 1 })
  })

  test.each([1e10, 1e308])("counts as at most a day: %j", async (odd) => {
    await using server = await BotApiServer.start(() =>
      refusal(429, "Too Many Requests", { retry_after: odd }),
    )
    await using bot = server.bot({ retryAfter: { attempts: 0 } })
    await expect(bot.getMe()).rejects.toMatchObject({ retryAfter: 86_400 })
  })
})

test.each([-1, 1])("setting the clock by %i h while a call waits has no effect", async (hours) => {
  const { server, calls } = await flooded(0.3, 1, inChat(5))
  const { logger, waits } = heardWaits()
  await using _server = server
  await using bot = server.bot({ logger })
  const begin = performance.now()
  const waiting = bot.sendMessage({ chat_id: 5, text: "1" })
  await untilTrue(() => waits.length === 1)
  const real = Date.now
  vi.spyOn(Date, "now").mockImplementation(() => real() + hours * 3_600_000)
  try {
    expect(await waiting).toBe(true)
    expect(await bot.sendMessage({ chat_id: 5, text: "2" })).toBe(true)
    expect(performance.now() - begin).toBeGreaterThanOrEqual(295)
    expect(calls).toHaveLength(3)
  } finally {
    vi.restoreAllMocks()
  }
})

test.each(["setMyName", "close", "logOut"])("a 429 to %s pauses only that method", async (name) => {
  const { server, calls } = await flooded(30, 1, ({ method }) => method === name)
  await using _server = server
  await using bot = server.bot({ retryAfter: { maxWaitMs: 1000 } })
  await expect(bot.call(name)).rejects.toBeInstanceOf(RetryAfter)
  expect(await bot.sendMessage({ chat_id: 6, text: "x" })).toBe(true)
  await expect(bot.call(name)).rejects.toBeInstanceOf(RetryAfter)
  expect(calls.map(({ what }) => what)).toEqual([`${name} `, "sendMessage 6"])
})

test("a pause longer than the longest wait of a call pauses only its method", async () => {
  const { server } = await flooded(30, 1, ({ method }) => method === "getFile")
  await using _server = server
  await using bot = server.bot({ retryAfter: { maxWaitMs: 1000 } })
  await expect(bot.getFile({ file_id: "a" })).rejects.toMatchObject({ retryAfter: 30 })
  expect(await bot.getMe()).toBe(true)
})

describe("the limits", () => {
  test("a call is repeated at most `attempts` times", async () => {
    const { server, calls } = await flooded(0.01, 100, inChat(5))
    await using _server = server
    await using bot = server.bot({ retryAfter: { attempts: 2 } })
    const error = await rejection(bot.sendMessage({ chat_id: 5, text: "x" }))
    expect(error).toBeInstanceOf(RetryAfter)
    expect(error).toMatchObject({ code: "retry-after", retryAfter: 0.01 })
    expect(calls).toHaveLength(3)
  })

  test("the default is three times", async () => {
    const { server, calls } = await flooded(0.01, 100, inChat(5))
    await using _server = server
    await using bot = server.bot()
    await expect(bot.sendMessage({ chat_id: 5, text: "x" })).rejects.toThrow("429")
    expect(calls).toHaveLength(4)
  })

  test("a call that would wait longer than maxWaitMs rejects at once, and so do later calls", async () => {
    const { server, calls } = await flooded(61, 1, inChat(5))
    await using _server = server
    await using bot = server.bot()
    const first = await rejection(bot.sendMessage({ chat_id: 5, text: "x" }))
    const second = await rejection(bot.sendPhoto({ chat_id: 5, photo: "id" }))
    expect(first).toMatchObject({ retryAfter: 61, method: "sendMessage" })
    expect(second).toMatchObject({ retryAfter: 61, method: "sendPhoto" })
    expect(second).toBeInstanceOf(RetryAfter)
    expect(calls).toHaveLength(1)
  })

  test("maxWaitMs counts all waits of one call together", async () => {
    const { server, calls } = await flooded(0.2, 100, inChat(5))
    await using _server = server
    await using bot = server.bot({ retryAfter: { attempts: 100, maxWaitMs: 500 } })
    await expect(bot.sendMessage({ chat_id: 5, text: "x" })).rejects.toThrow("429")
    expect(calls).toHaveLength(3)
  })

  test("with attempts: 0 no call waits", async () => {
    const { server, calls } = await flooded(30, 1, inChat(5))
    await using _server = server
    await using bot = server.bot({ retryAfter: { attempts: 0 } })
    await expect(bot.sendMessage({ chat_id: 5, text: "x" })).rejects.toMatchObject({
      retryAfter: 30,
    })
    expect(await bot.sendMessage({ chat_id: 5, text: "x" })).toBe(true)
    expect(calls).toHaveLength(2)
  })
})

test("an abort ends the wait with its reason, and no request is sent", async () => {
  const { server, calls } = await flooded(30, 1, inChat(5))
  await using _server = server
  await using bot = server.bot()
  const abort = new AbortController()
  const reason = new Error("enough")
  const call = bot.sendMessage({ chat_id: 5, text: "x" }, { signal: abort.signal })
  await expect.poll(() => calls.length).toBe(1)
  setTimeout(() => abort.abort(reason), 20)
  await expect(call).rejects.toBe(reason)
  expect(calls).toHaveLength(1)
})

test("timeoutMs does not include the wait", async () => {
  const { server } = await flooded(2.2, 1, inChat(5))
  await using _server = server
  await using bot = server.bot({ timeoutMs: 2_000 })
  expect(await bot.sendMessage({ chat_id: 5, text: "x" })).toBe(true)
})

test("a 429 without retry_after waits a second", async () => {
  await using server = await BotApiServer.start((_call, count) =>
    count === 1 ? refusal(429, "Too Many Requests") : { result: true },
  )
  await using bot = server.bot()
  const start = performance.now()
  expect(await bot.getMe()).toBe(true)
  expect(performance.now() - start).toBeGreaterThanOrEqual(990)
})

test("the wait is logged", async () => {
  const { server } = await flooded(0.05, 1, inChat(5))
  await using _server = server
  const { logger, waits } = heardWaits()
  await using bot = server.bot({ logger })
  await bot.sendMessage({ chat_id: 5, text: "x" })
  expect(waits).toEqual([
    expect.stringMatching(/^sendMessage waits \d+ ms, as Telegram asks \(messages in chat 5\)$/),
  ])
})

test("the hook gets a repeated call once", async () => {
  const { server } = await flooded(0.01, 2, inChat(5))
  await using _server = server
  let seen = 0
  await using bot = server.bot({
    onCall: (_call, next) => {
      seen += 1
      return next()
    },
  })
  await bot.sendMessage({ chat_id: 5, text: "x" })
  expect(seen).toBe(1)
})
