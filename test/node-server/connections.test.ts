import { describe, expect, test } from "vitest"
import { deferred, untilTrue } from "../support/waiting.js"
import { requestText } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()

describe("a connection", () => {
  test("that sends nothing is closed without an answer after its time-out", async () => {
    await served.start({ requestTimeoutMs: 1_500 })
    const silent = await served.open()
    await silent.closed()
    expect(silent.unread).toBe("")
    await served.expectUnharmed()
  })

  test("with a stalled head is answered 408", async () => {
    await served.start({ requestTimeoutMs: 1_500 })
    expect((await served.ask("POST /hook HTTP/1.1\r\nHost: exa")).status).toBe(408)
    await served.expectUnharmed()
  })

  test("that is silent makes room for a new connection when the server is full", async () => {
    await served.start({ maxSockets: 3 })
    const silent = [await served.open(), await served.open(), await served.open()]
    await served.expectUnharmed()
    await silent[0]?.closed()
    expect(silent.map((client) => client.isClosed)).toEqual([true, false, false])
  })

  test("of Telegram stays open when strangers fill the server with silent connections", async () => {
    await served.start({ maxSockets: 3 })
    const telegram = await served.open()
    telegram.send(requestText('{"update_id":1}'))
    expect((await telegram.answer()).status).toBe(200)
    const strangers = [
      await served.open(),
      await served.open(),
      await served.open(),
      await served.open(),
    ]
    await strangers[1]?.closed()
    telegram.send(requestText('{"update_id":2}'))
    expect((await telegram.answer()).status).toBe(200)
    expect(strangers.map((client) => client.isClosed)).toEqual([true, true, false, false])
  })

  test("with a request in flight is never closed for another connection", async () => {
    await served.start({ maxSockets: 2 })
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const busy = await served.open()
    busy.send(requestText('{"update_id":1}'))
    await untilTrue(() => served.queue.puts.length === 1)
    const strangers = [await served.open(), await served.open(), await served.open()]
    await strangers[1]?.closed()
    handled.resolve()
    expect((await busy.answer()).status).toBe(200)
  })

  test("of a stranger with many pipelined requests is cut off", async () => {
    const eager = await served.open()
    eager.send(
      "POST /nowhere HTTP/1.1\r\nHost: example.com\r\nContent-Length: 0\r\n\r\n".repeat(200),
    )
    await eager.closed()
    expect(eager.unread.match(/HTTP\/1.1 404/g)?.length ?? 0).toBeLessThan(20)
    await served.expectUnharmed()
  })

  test("can have a few pipelined requests, repeatedly", async () => {
    const client = await served.open()
    for (let round = 0; round < 5; round += 1) {
      client.send("GET /health HTTP/1.1\r\nHost: example.com\r\n\r\n".repeat(9))
      for (let left = 9; left > 0; left -= 1) expect((await client.answer()).status).toBe(200)
    }
  })

  test("of Telegram can have any number of pipelined requests", async () => {
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const telegram = await served.open()
    const ids = Array.from({ length: 50 }, (_, index) => index + 1)
    telegram.send(ids.map((id) => requestText(`{"update_id":${id}}`)).join(""))
    await untilTrue(() => served.queue.puts.length === ids.length)
    handled.resolve()
    for (const _ of ids) expect((await telegram.answer()).status).toBe(200)
  })

  test("that reads no answer makes room for a new connection when the server is full", async () => {
    await served.start({ maxSockets: 3 })
    const flood = "GET /health HTTP/1.1\r\nHost: example.com\r\n\r\n".repeat(100_000)
    const deaf = [await served.open(), await served.open(), await served.open()]
    for (const client of deaf) {
      client.socket.pause()
      client.send(flood)
    }
    // The server has answers that the client does not read.
    await untilTrue(() => deaf.every(({ socket }) => socket.writableLength > 0))
    await served.expectUnharmed()
  })

  test("stays open between requests", async () => {
    const client = await served.open()
    for (const id of [1, 2, 3]) {
      client.send(requestText(`{"update_id":${id}}`))
      const answer = await client.answer()
      expect(answer.status).toBe(200)
      expect(answer.headers["keep-alive"]).toBe("timeout=75")
    }
    expect(served.queue.ids).toEqual([1, 2, 3])
  })
})
