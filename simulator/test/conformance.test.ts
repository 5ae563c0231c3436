import { expect, test } from "vitest"
import { ConformanceStage } from "./conformance-stage.js"
import { ok, response, type Received } from "./scripted-webhook.js"

const failure = response("500 Internal Server Error")
const answerOk = (request: Received) => request.answer(ok)
const answerFailure = (request: Received) => request.answer(failure)
const silent = () => {}

// A recent 2xx lets Telegram open as many connections as it needs.
async function warmUp(play: ConformanceStage): Promise<void> {
  play.message(999_999)
  await play.settle()
}

test("a message and a button press of one user overlap; two messages of one chat never do", async () => {
  const held: Received[] = []
  await using play = await ConformanceStage.start((request) => {
    if (request.raw.includes('"id":999999')) request.answer(ok)
    else held.push(request)
  })
  await warmUp(play)
  const first = play.message(5)
  const second = play.message(5)
  const press = play.callbackQuery(5)
  await play.settle()
  expect(new Set(held.map((request) => request.updateId))).toEqual(new Set([first, press]))
  held[0]?.answer(ok)
  held[1]?.answer(ok)
  await play.settle()
  expect(held.at(-1)?.updateId).toBe(second)
})

test("in a backlog, negative chat ids come first, within one load pass only", async () => {
  await using play = await ConformanceStage.start(answerOk)
  const { url } = play.webhook
  await play.call("deleteWebhook")
  const chats = [50, -5, 7, -9, 3, -100]
  const ids = new Map(chats.map((chat) => [play.message(chat), chat]))
  await play.clock.advance(1000)
  await play.call("setWebhook", { url, max_connections: 1 })
  await play.settle()
  const order = play.webhook.requests.map(({ updateId }) => ids.get(updateId))
  expect(order).toEqual([-5, 50, 7, -9, 3, -100])
})

test("updates pushed while the webhook is set are sent in the order of arrival", async () => {
  const held: Received[] = []
  await using play = await ConformanceStage.start(
    (request) => void (request.raw.includes("warm") ? request.answer(ok) : held.push(request)),
    { params: { max_connections: 5 } },
  )
  play.message(1, "warm")
  await play.settle()
  play.message(100)
  await play.settle()
  const chats = [90, -1, 80, -2, 70, -3, 60, -4, 50, -5, 40, -6]
  const ids = new Map(chats.map((chat) => [play.message(chat), chat]))
  await play.settle()
  for (let at = 1; at <= chats.length; at++) {
    held[at]?.answer(ok)
    await play.settle()
  }
  const order = held.slice(1).map(({ updateId }) => ids.get(updateId))
  expect(order).toEqual(chats)
})

test("the first retry is immediate, later ones wait 2, 4, 8 … seconds, finally 60 to 120", async () => {
  await using play = await ConformanceStage.start(answerFailure)
  play.message(5)
  await play.clock.advance(130_000)
  const seconds = play.webhook.seconds()
  expect(seconds.slice(0, 7)).toEqual([0, 0, 2, 6, 14, 30, 62])
  expect(seconds[7]).toBeGreaterThanOrEqual(122)
  expect(seconds[7]).toBeLessThanOrEqual(126)
})

test("an update that always fails is sent about 960 times within 24 hours, then dropped", async () => {
  await using play = await ConformanceStage.start(answerFailure)
  const id = play.message(5)
  await play.clock.advance(25 * 3_600_000)
  const { length } = play.webhook.requests
  expect(length).toBeGreaterThan(920)
  expect(length).toBeLessThan(1010)
  expect(play.telegram.deliveries.last).toMatchObject({ updateId: id, outcome: "dropped" })
  expect(play.bot.pendingUpdateCount).toBe(0)
  const gaps = play.webhook.requests.slice(8).map(({ at }, index) => {
    return (at - (play.webhook.requests[index + 7]?.at ?? 0)) / 1000
  })
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(60)
  expect(Math.max(...gaps)).toBeLessThanOrEqual(120)
})

test("an inline query is sent 6 times and a callback query 8 times", async () => {
  await using play = await ConformanceStage.start(answerFailure)
  const inline = play.inlineQuery(5)
  await play.clock.advance(40_000)
  expect(play.webhook.requests.filter(({ updateId }) => updateId === inline)).toHaveLength(6)
  const press = play.callbackQuery(6)
  await play.clock.advance(200_000)
  const presses = play.webhook.requests.filter(({ updateId }) => updateId === press)
  expect(presses.length).toBe(8)
  expect(play.bot.pendingUpdateCount).toBe(0)
})

test("a Retry-After beyond the lifetime of the update drops the update at once", async () => {
  const busy = response("503 Service Unavailable", ["Retry-After: 300"])
  await using play = await ConformanceStage.start((request) => request.answer(busy))
  play.callbackQuery(5)
  play.message(5)
  await play.settle()
  expect(play.bot.pendingUpdateCount).toBe(1)
  expect(play.telegram.deliveries.filter(({ outcome }) => outcome === "dropped")).toHaveLength(1)
})

test.each([
  ["Retry-After: 3", [0, 3, 5, 9, 17]],
  ["retry-after: 3", [0, 3, 5, 9, 17]],
  ["Retry-After: 2.9", [0, 0, 2, 6, 14]],
  ["Retry-After: 4abc", [0, 0, 2, 6, 14]],
  ["Retry-After: -5", [0, 0, 2, 6, 14]],
  ["Retry-After: Wed, 21 Oct 2026 07:28:00 GMT", [0, 0, 2, 6, 14]],
  ["Retry-After: 99999", [0, 3600, 3602, 3606, 3614]],
])("a first 500 with `%s` is followed by requests at %j", async (header, expected) => {
  let count = 0
  await using play = await ConformanceStage.start((request) => {
    request.answer(count++ === 0 ? response("500 Oops", [header]) : failure)
  })
  play.message(5)
  await play.clock.advance(3_615_000)
  expect(play.webhook.seconds().slice(0, 5)).toEqual(expected)
})

test("at 40 connections 80 failing users block the 81st, 79 do not", async () => {
  const script = (request: Received) =>
    request.answer(request.raw.includes("healthy") ? ok : failure)
  await using play = await ConformanceStage.start(script, { params: { max_connections: 40 } })
  const isSent = (id: number) => play.webhook.requests.some(({ updateId }) => updateId === id)
  for (let user = 1; user <= 79; user++) play.callbackQuery(user)
  await play.clock.advance(5000)
  const beside = play.message(1000, "healthy")
  await play.clock.advance(5000)
  expect(isSent(beside)).toBe(true)
  play.callbackQuery(80)
  await play.clock.advance(5000)
  const blocked = play.message(1001, "healthy")
  await play.clock.advance(100_000)
  expect(isSent(blocked)).toBe(false)
  await play.clock.advance(60_000)
  expect(isSent(blocked)).toBe(true)
})

test("no connection is added if the only handler has been running since 10 s after the last 2xx", async () => {
  await using play = await ConformanceStage.start((request) => {
    if (request.raw.includes('"slow"')) play.clock.setTimeout(() => request.answer(ok), 20_000)
    else request.answer(ok)
  })
  await warmUp(play)
  await play.clock.advance(11_000)
  play.message(1, "slow")
  await play.settle()
  for (let chat = 2; chat <= 6; chat++) play.message(chat)
  await play.clock.advance(19_900)
  expect(play.webhook.requests).toHaveLength(2)
  expect(play.webhook.connections).toBe(1)
  await play.clock.advance(200)
  expect(play.webhook.requests).toHaveLength(7)
})

test("60 chats of a new webhook wait for its first answer, then get 10 connections and 20 per second", async () => {
  await using play = await ConformanceStage.start(
    (request) => {
      if (play.webhook.requests.length === 1) play.clock.setTimeout(() => request.answer(ok), 4000)
    },
    { params: { max_connections: 40 } },
  )
  for (let chat = 1; chat <= 60; chat++) play.message(chat)
  await play.clock.advance(3900)
  expect(play.webhook.requests).toHaveLength(1)
  await play.clock.advance(101)
  expect(play.webhook.connections).toBe(11)
  await play.clock.advance(1400)
  expect(play.webhook.connections).toBe(39)
  await play.clock.advance(100)
  expect(play.webhook.connections).toBe(40)
})

test("a webhook that always fails has one connection, however many chats wait", async () => {
  await using play = await ConformanceStage.start(answerFailure)
  for (let chat = 1; chat <= 10; chat++) play.message(chat)
  await play.clock.advance(100_000)
  expect(play.webhook.connections).toBe(1)
  expect(play.webhook.requests.length).toBeGreaterThan(60)
})

test("an answer in brotli is a failure, and the update is sent again", async () => {
  const compressed = response("200 OK", ["Content-Encoding: br"], "x")
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? compressed : ok)
  })
  const id = play.message(5)
  await play.clock.advance(2000)
  expect(play.webhook.requests.map(({ updateId }) => updateId)).toEqual([id, id])
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Unsupported Media Type: unsupported content-encoding",
  })
})

test("a JSON answer of more than 1 MiB is a failure, one of exactly 1 MiB is not", async () => {
  const json = (size: number) => {
    const body = `{"a":"${"x".repeat(size - 8)}"}`
    return response("200 OK", ["Content-Type: application/json"], body)
  }
  await using play = await ConformanceStage.start((request) => {
    request.answer(json(play.webhook.requests.length === 1 ? 1_048_577 : 1_048_576))
  })
  const id = play.message(5)
  await play.clock.advance(2000)
  expect(play.webhook.requests.map(({ updateId }) => updateId)).toEqual([id, id])
  expect(play.bot.pendingUpdateCount).toBe(0)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Request Entity Too Large: too many parameters",
  })
})

test("a refused setWebhook removes the old webhook", async () => {
  await using play = await ConformanceStage.start(answerOk)
  await play.clock.advance(1000)
  expect(await play.call("setWebhook", { url: "ftp://example.com" })).toEqual({
    ok: false,
    error_code: 400,
    description: "Bad Request: invalid webhook URL specified",
  })
  expect((await play.call("getWebhookInfo")).result).toEqual({
    url: "",
    has_custom_certificate: false,
    pending_update_count: 0,
  })
})

test("an identical setWebhook does nothing and keeps last_error", async () => {
  await using play = await ConformanceStage.start(answerFailure)
  play.message(5)
  await play.clock.advance(1000)
  const before = await play.call("getWebhookInfo")
  const { connections } = play.webhook
  expect(await play.call("setWebhook", { url: play.webhook.url })).toEqual({
    ok: true,
    result: true,
    description: "Webhook is already set",
  })
  await play.clock.advance(3000)
  expect(play.webhook.connections).toBe(connections)
  expect(before.result).toMatchObject({
    last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
  })
  const after = await play.call("getWebhookInfo")
  expect(after.result).toMatchObject({ last_error_message: expect.stringMatching(/500/) })
})

test("a request equals Telegram's, byte for byte", async () => {
  await using play = await ConformanceStage.start(answerOk)
  const id = play.bot.push({ message: { q: 5, text: "é😀/" } } as never) ?? 0
  await play.settle()
  const body = `{"update_id":${id},\n"message":{"q":5,"text":"\\u00e9\\ud83d\\ude00/"}}`
  expect(play.webhook.requests[0]?.raw).toBe(
    [
      "POST /hook HTTP/1.1",
      `Host: 127.0.0.1:${play.webhook.port}`,
      "Content-Type: application/json",
      `Content-Length: ${body.length}`,
      "Connection: keep-alive",
      "Accept-Encoding: gzip, deflate",
      "",
      body,
    ].join("\r\n"),
  )
})

test("a user in the URL and a secret token add two headers, in Telegram's order", async () => {
  await using play = await ConformanceStage.start(answerOk)
  await play.clock.advance(1000)
  const url = `http://user:p%40s@LocalHost:${play.webhook.port}/a b/%7Ex?x=1&y=z#frag`
  await play.call("setWebhook", { url, secret_token: "s-1" })
  play.message(5)
  await play.settle()
  expect(play.webhook.requests[0]?.headers.slice(0, 5)).toEqual([
    "POST /a%20b/%7Ex?x=1&y=z#frag HTTP/1.1",
    `Host: localhost:${play.webhook.port}`,
    `Authorization: Basic ${Buffer.from("user:p%40s").toString("base64")}`,
    "X-Telegram-Bot-Api-Secret-Token: s-1",
    "Content-Type: application/json",
  ])
})

test("a URL whose headers exceed 4096 bytes is never called, and no error is reported", async () => {
  await using play = await ConformanceStage.start(answerOk)
  await play.clock.advance(1000)
  await play.call("setWebhook", { url: `${play.webhook.url}/${"x".repeat(4200)}` })
  play.message(5)
  await play.clock.advance(5000)
  expect(play.webhook.requests).toHaveLength(0)
  expect((await play.call("getWebhookInfo")).result).not.toHaveProperty("last_error_message")
  expect(play.bot.pendingUpdateCount).toBe(1)
})

test("a success does not clear last_error", async () => {
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? failure : ok)
  })
  play.message(5)
  await play.settle()
  expect(play.bot.pendingUpdateCount).toBe(0)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Wrong response from the webhook: 500 Internal Server Error",
  })
})

test("a clean close does not set last_error, but a reset does", async () => {
  await using play = await ConformanceStage.start((request) => {
    if (play.webhook.requests.length === 1) request.end()
    else if (play.webhook.requests.length === 2) request.reset()
    else request.answer(ok)
  })
  play.message(5)
  await play.settle()
  expect((await play.call("getWebhookInfo")).result).not.toHaveProperty("last_error_message")
  await play.clock.advance(3000)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Connection reset by peer",
  })
  await play.clock.advance(3000)
  expect(play.bot.pendingUpdateCount).toBe(0)
})

test("an answer after more than 60 s is too late, an answer after 55 s is not", async () => {
  let waitMs = 65_000
  await using play = await ConformanceStage.start((request) => {
    play.clock.setTimeout(() => request.answer(ok), waitMs)
    waitMs = 55_000
  })
  play.message(5)
  await play.clock.advance(59_900)
  expect(play.webhook.requests).toHaveLength(1)
  await play.clock.advance(200)
  await play.clock.advance(2000)
  expect(play.webhook.requests).toHaveLength(2)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Read timeout expired",
  })
  await play.clock.advance(56_000)
  expect(play.bot.pendingUpdateCount).toBe(0)
})

test("an idle connection is closed after 60 s, and setting a webhook opens one without a request", async () => {
  await using play = await ConformanceStage.start(silent)
  await play.settle()
  expect(play.webhook.connections).toBe(1)
  await play.clock.advance(59_900)
  expect(play.webhook.open).toBe(1)
  await play.clock.advance(200)
  await play.webhook.until(() => play.webhook.open === 0)
  expect(play.webhook.connections).toBe(1)
})

test("410 for more than 23 hours deletes the webhook", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(response("410 Gone")))
  play.message(5)
  await play.clock.advance(23 * 3_600_000 - 1000)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({ url: play.webhook.url })
  await play.clock.advance(200_000)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({ url: "" })
})
