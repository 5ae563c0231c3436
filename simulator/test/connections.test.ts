import { expect, test } from "vitest"
import { MovableClock, Simulator } from "../src/index.js"
import { call, ConformanceStage } from "./conformance-stage.js"
import { ok, response, ScriptedWebhook, type Received } from "./scripted-webhook.js"

const closing = response("500 Oops", ["Connection: close"])
const failure = response("500 Oops")

test("a failure that closes its connection waits for the next connection, without a recent 2xx", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(closing))
  await play.clock.advance(650)
  play.message(5)
  await play.clock.advance(64_000)
  expect(play.webhook.seconds()).toEqual([0, 1.4, 3.4, 7.4, 15.4, 31.4, 63.4])
})

test("after a recent 2xx the next connection is opened at once", async () => {
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? ok : closing)
  })
  play.message(4)
  await play.settle()
  play.webhook.requests.length = 0
  play.webhook.requests.push({ ...({ at: play.clock.now() } as Received) })
  play.message(5)
  await play.clock.advance(7000)
  expect(play.webhook.seconds().slice(1)).toEqual([0, 0, 2, 6])
})

test("after a 2xx, an idle connection that the server closes is replaced at once, without a request", async () => {
  let last: Received | undefined
  await using play = await ConformanceStage.start((request) => {
    last = request
    request.answer(ok)
  })
  play.message(5)
  await play.settle()
  await play.clock.advance(3000)
  last?.end()
  await play.webhook.until(() => play.webhook.connections === 2)
  await play.clock.advance(5000)
  expect(play.webhook.requests).toHaveLength(1)
  expect((await play.call("getWebhookInfo")).result).not.toHaveProperty("last_error_message")
})

test("during a long back-off one connection stays open, and is replaced every 60 s", async () => {
  const busy = response("503 Busy", ["Retry-After: 300"])
  await using play = await ConformanceStage.start((request) => request.answer(busy))
  play.message(5)
  await play.clock.advance(290_000)
  expect(play.webhook.requests).toHaveLength(1)
  expect(play.webhook.connections).toBe(5)
})

test("a connection survives pauses of 50 s", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(ok))
  for (let round = 0; round < 4; round++) {
    play.message(5)
    await play.clock.advance(50_000)
  }
  expect(play.webhook.requests).toHaveLength(4)
  expect(play.webhook.connections).toBe(1)
})

test("idle connections are used in turn, the longest idle one first", async () => {
  await using play = await ConformanceStage.start((request) => request.answer(ok))
  const held: Received[] = []
  await play.settle()
  play.message(1)
  await play.settle()
  for (let chat = 1; chat <= 3; chat++) play.message(chat)
  await play.settle()
  held.push(...play.webhook.requests.slice(1))
  expect(new Set(held.map(({ connection }) => connection)).size).toBe(3)
  play.webhook.requests.length = 0
  for (let round = 0; round < 3; round++) {
    play.message(9)
    await play.settle()
  }
  expect(new Set(play.webhook.requests.map(({ connection }) => connection)).size).toBe(3)
})

test("updates without a sub-queue of their own do not wait for each other", async () => {
  const held: Received[] = []
  await using play = await ConformanceStage.start((request) => {
    if (request.raw.includes('"message"')) request.answer(ok)
    else held.push(request)
  })
  play.message(5)
  await play.settle()
  play.bot.push({ of_tomorrow: { a: 1 } } as never)
  play.bot.push({ of_tomorrow: { a: 2 } } as never)
  await play.settle()
  expect(held).toHaveLength(2)
})

test("an update that expires behind a slow one is still sent; an update that was not loaded never is", async () => {
  const slow: Received[] = []
  await using play = await ConformanceStage.start(
    (request) => void (slow.length === 0 ? slow.push(request) : request.answer(ok)),
    { params: { max_connections: 1 } },
  )
  play.message(1)
  const loaded = play.inlineQuery(2)
  await play.settle()
  const notLoaded = play.inlineQuery(3)
  await play.clock.advance(40_000)
  slow[0]?.answer(ok)
  await play.clock.advance(1000)
  const sent = play.webhook.requests.map(({ updateId }) => updateId)
  expect(sent).toContain(loaded)
  expect(sent).not.toContain(notLoaded)
  expect(play.bot.pendingUpdateCount).toBe(0)
})

test("a webhook that answers one byte per second times out: bytes do not extend the 60 s", async () => {
  await using play = await ConformanceStage.start((request) => {
    if (play.webhook.requests.length > 1) return request.answer(ok)
    const bytes = "HTTP/1.1 200 OK\r\nContent-Length: 60\r\n\r\n".split("")
    const drip = () => {
      request.answer(bytes.shift() ?? "x")
      play.clock.setTimeout(drip, 1000)
    }
    drip()
  })
  const id = play.message(5)
  await play.clock.advance(62_500)
  expect(play.webhook.requests.map(({ updateId }) => updateId)).toEqual([id, id])
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Read timeout expired",
  })
})

test("a server that never finishes the handshake is abandoned after 60 s, before any request", async () => {
  const clock = new MovableClock({ graceMs: 30 })
  await using webhook = await ScriptedWebhook.start(() => {}, { clock })
  const hosts = { "bot1.example.com:443": `127.0.0.1:${webhook.port}` }
  await using telegram = await Simulator.start({ clock, hosts })
  const bot = telegram.bot()
  const url = "https://bot1.example.com/"
  await call(telegram, bot.token, "setWebhook", { url })
  await telegram.user().send(bot, "hi")
  await clock.advance(61_000)
  expect((await call(telegram, bot.token, "getWebhookInfo")).result).toMatchObject({
    pending_update_count: 1,
    last_error_message: "Read timeout expired",
  })
  expect(webhook.requests).toEqual([])
})

test("503 for one chat does not delay another", async () => {
  await using play = await ConformanceStage.start((request) => {
    request.answer(request.raw.includes('"id":1}') ? failure : ok)
  })
  play.message(1)
  const other = play.message(2)
  await play.settle()
  expect(play.telegram.deliveries.filter(({ outcome }) => outcome === "delivered")).toMatchObject([
    { updateId: other, status: 200, type: "message" },
  ])
})
