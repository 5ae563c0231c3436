import { describe, expect, test } from "vitest"
import { untilTrue } from "../support/waiting.js"
import { requestText } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()

describe("a wrong body", () => {
  test("a declared length over the limit is answered with 413 before the body has come", async () => {
    const client = await served.open()
    client.send(requestText("", { headers: { "Content-Length": "60000000" } }))
    const answer = await client.answer()
    expect(answer).toMatchObject({ status: 413, headers: { connection: "close" } })
    await client.closed()
    await served.expectUnharmed()
  })

  test("a chunked body is answered with 413 as soon as it is over the limit", async () => {
    const headers = { "Content-Length": null, "Transfer-Encoding": "chunked" }
    const client = await served.open()
    client.send(requestText("", { headers }))
    const chunk = `${(65_536).toString(16)}\r\n${"x".repeat(65_536)}\r\n`
    for (let sent = 0; sent < 17; sent += 1) client.send(chunk)
    const answer = await client.answer()
    expect(answer).toMatchObject({ status: 413, headers: { connection: "close" } })
    await client.closed()
    await served.expectUnharmed()
  })

  test("60 MB with a wrong secret take hardly any memory", async () => {
    global.gc?.()
    const before = process.memoryUsage().arrayBuffers + process.memoryUsage().external
    const headers = { "X-Telegram-Bot-Api-Secret-Token": "no", "Content-Length": "60000000" }
    const client = await served.open()
    client.send(requestText("", { headers }))
    const piece = Buffer.alloc(1_000_000, 120)
    for (let sent = 0; sent < 60 && !client.isClosed; sent += 1) {
      // Rejects if the server has cut the connection, as it should.
      await new Promise((resolve) => client.socket.write(piece, resolve))
    }
    await client.closed()
    const after = process.memoryUsage().arrayBuffers + process.memoryUsage().external
    expect(after - before).toBeLessThan(20_000_000)
    expect(client.socket.bytesWritten).toBeLessThan(20_000_000)
    await served.expectUnharmed()
  })

  test("a body of exactly the limit is read, and a body of one more byte is not", async () => {
    const body = `{"update_id":1,"x":"${"y".repeat(1_048_576 - 22)}"}`
    expect(body).toHaveLength(1_048_576)
    expect((await served.ask(requestText(`${body} `))).status).toBe(413)
    expect((await served.ask(requestText(body))).status).toBe(200)
  })

  test.each([
    ["nothing", ""],
    ["bad JSON", '{"update_id":1'],
    ["text", "hello"],
    ["JSON and more", '{"update_id":1}{"update_id":2}'],
    ["null", "null"],
    ["a number", "1"],
    ["a string", '"update_id"'],
    ["true", "true"],
    ["an array", '[{"update_id":1}]'],
    ["an empty object", "{}"],
    ["an id that is no integer", '{"update_id":1.5}'],
    ["an id that is a string", '{"update_id":"1"}'],
    ["an id that is null", '{"update_id":null}'],
    ["a negative id", '{"update_id":-1}'],
    ["an id that is too large", '{"update_id":99999999999}'],
    ["an id in the prototype", '{"__proto__":{"update_id":1}}'],
    ["deep nesting", "[".repeat(500_000)],
    ["deep nesting that ends", "[".repeat(100_000) + "]".repeat(100_000)],
  ])("%s is answered with 400", async (_, body) => {
    const answer = await served.ask(requestText(body))
    expect(answer.status).toBe(400)
    expect(answer.headers["content-type"]).toBe("text/plain; charset=utf-8")
    expect(answer.body).toMatch(/^The body is not .*\.\n$/)
    await served.expectUnharmed()
  })

  test("the last of two ids counts", async () => {
    expect((await served.ask(requestText('{"update_id":"no","update_id":5}'))).status).toBe(200)
    expect(served.queue.ids).toEqual([5])
  })

  test("invalid UTF-8 is answered with 400", async () => {
    const body = Buffer.from('{"update_id":1,"x":"\xff"}', "latin1")
    const head = requestText("", { headers: { "Content-Length": String(body.length) } })
    expect((await served.ask(Buffer.concat([Buffer.from(head), body]))).status).toBe(400)
    await served.expectUnharmed()
  })

  test("a missing length means an empty body, which is answered with 400", async () => {
    expect(
      (await served.ask(requestText("", { headers: { "Content-Length": null } }))).status,
    ).toBe(400)
    await served.expectUnharmed()
  })

  test("a length that is too short is answered with 400, and the rest has no effect", async () => {
    const client = await served.open()
    client.send(requestText('{"update_id":9}', { headers: { "Content-Length": "5" } }))
    expect((await client.answer()).status).toBe(400)
    await client.closed()
    await served.expectUnharmed()
  })

  test("a length that is too long is answered with 408 after the time-out", async () => {
    await served.start({ requestTimeoutMs: 1_500 })
    const client = await served.open()
    client.send(requestText('{"update_id":9}', { headers: { "Content-Length": "50" } }))
    expect((await client.answer()).status).toBe(408)
    await client.closed()
    await served.expectUnharmed()
  })

  test("a stalled body delays no other request", async () => {
    const stalled = await served.open()
    stalled.send(requestText("{", { headers: { "Content-Length": "50" } }))
    await served.expectUnharmed()
    stalled.destroy()
  })

  test("a client that disconnects in the middle of its body is forgotten", async () => {
    const client = await served.open()
    client.send(requestText("{", { headers: { "Content-Length": "50" } }))
    await untilTrue(() => client.socket.bytesWritten > 0)
    client.destroy()
    await served.expectUnharmed()
  })

  test("bad chunks are answered with 400", async () => {
    const headers = { "Content-Length": null, "Transfer-Encoding": "chunked" }
    expect((await served.ask(`${requestText("", { headers })}zz\r\n`)).status).toBe(400)
    await served.expectUnharmed()
  })
})
