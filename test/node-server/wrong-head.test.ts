import { gzipSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { requestText, secret } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()

describe("a wrong head", () => {
  test("an anonymous GET is answered with 405, and the header Allow names POST", async () => {
    const answer = await served.ask("GET /hook HTTP/1.1\r\nHost: example.com\r\n\r\n")
    expect(answer.status).toBe(405)
    expect(answer.headers.allow).toBe("POST")
    await served.expectUnharmed()
  })

  test.each(["PUT", "DELETE", "PATCH", "OPTIONS"])("%s is answered with 405", async (method) => {
    expect((await served.ask(requestText('{"update_id":9}', { method }))).status).toBe(405)
    await served.expectUnharmed()
  })

  test("HEAD is answered with 405 and no body", async () => {
    const client = await served.open()
    client.send("HEAD /hook HTTP/1.1\r\nHost: example.com\r\n\r\n")
    expect((await client.answer({ toHead: true })).status).toBe(405)
    client.send(requestText('{"update_id":1}'))
    expect((await client.answer()).status).toBe(200)
  })

  test.each(["/", "/hook/", "/hook2", "/Hook", "//hook", "/x?/hook", "*", "http://h/hook"])(
    "the path %s is answered with 404",
    async (path) => {
      expect((await served.ask(requestText('{"update_id":9}', { path }))).status).toBe(404)
      await served.expectUnharmed()
    },
  )

  test.each([
    ["missing", null],
    ["empty", ""],
    ["wrong", "the-wrong_secret"],
    ["short", "the-right_secre"],
    ["long", "the-right_secretX"],
    ["doubled", `${secret}, ${secret}`],
  ])("a %s secret is answered with 401", async (_, value) => {
    const headers = { "X-Telegram-Bot-Api-Secret-Token": value }
    const answer = await served.ask(requestText('{"update_id":9}', { headers }))
    expect(answer.status).toBe(401)
    expect(answer.body).not.toContain(secret)
    await served.expectUnharmed()
  })

  test("a wrong secret is answered before its body arrives, which is never read", async () => {
    const headers = {
      "X-Telegram-Bot-Api-Secret-Token": "no",
      "Content-Length": "60000000",
    }
    const client = await served.open()
    client.send(requestText("", { headers }))
    const answer = await client.answer()
    expect(answer.status).toBe(401)
    expect(answer.headers.connection).toBe("close")
    await client.closed()
    await served.expectUnharmed()
  })

  test("a wrong secret with a chunked body is answered before any part of it arrives", async () => {
    const headers = {
      "X-Telegram-Bot-Api-Secret-Token": "no",
      "Content-Length": null,
      "Transfer-Encoding": "chunked",
    }
    const client = await served.open()
    client.send(requestText("", { headers }))
    expect(await client.answer()).toMatchObject({ status: 401, headers: { connection: "close" } })
    await client.closed()
    await served.expectUnharmed()
  })

  test("a wrong secret with a short body leaves the connection open", async () => {
    const client = await served.open()
    const headers = { "X-Telegram-Bot-Api-Secret-Token": "no" }
    client.send(requestText('{"update_id":9}', { headers }))
    expect((await client.answer()).status).toBe(401)
    client.send(requestText('{"update_id":1}'))
    expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual([1])
  })

  test.each([
    null,
    "",
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonp",
    "application/json; charset=utf-16",
  ])("the content type %s is answered with 415", async (type) => {
    const headers = { "Content-Type": type }
    expect((await served.ask(requestText('{"update_id":9}', { headers }))).status).toBe(415)
    await served.expectUnharmed()
  })

  test("a gzip body is answered with 415", async () => {
    const body = gzipSync('{"update_id":9}')
    const headers = { "Content-Encoding": "gzip", "Content-Length": String(body.length) }
    const head = requestText("", { headers })
    expect((await served.ask(Buffer.concat([Buffer.from(head), body]))).status).toBe(415)
    await served.expectUnharmed()
  })

  test.each([
    ["not HTTP", "\u0016\u0003\u0001 hello\r\n\r\n", 400],
    ["a bad request line", "POST\r\n\r\n", 400],
    ["two lengths", requestText("x", { headers: { "content-length": "5" } }), 400],
    ["a length that is no number", requestText("", { headers: { "Content-Length": "ten" } }), 400],
    ["a negative length", requestText("", { headers: { "Content-Length": "-1" } }), 400],
    [
      "both a length and chunks",
      requestText("", { headers: { "Transfer-Encoding": "chunked" } }),
      400,
    ],
  ])("%s is answered with 400", async (_, text, status) => {
    expect((await served.ask(text)).status).toBe(status)
    await served.expectUnharmed()
  })

  test.each([
    ["a blank before the colon", "Transfer-Encoding : chunked"],
    ["an unknown transfer coding", "Transfer-Encoding: xchunked"],
    ["chunks that are not the last coding", "Transfer-Encoding: chunked, identity"],
    ["a coding that is there twice", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity"],
    ["a coding and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5"],
    ["two lengths in a line", "Content-Length: 5, 6"],
    ["a length with a sign", "Content-Length: +5"],
    ["a length in hexadecimal", "Content-Length: 0x5"],
    ["a folded line", "X-A: b\r\n Transfer-Encoding: chunked"],
    ["a NUL in a header", "X-A: b\0c"],
    ["a line that ends with CR alone", "X-A: b\rTransfer-Encoding: chunked"],
  ])("%s does not hide a second request", async (_, header) => {
    // With the right secret, as a proxy in front could pass it on.
    const hidden = requestText('{"update_id":9}')
    const head = `POST /other HTTP/1.1\r\nHost: example.com\r\n${header}\r\n\r\n`
    for (const body of [`0\r\n\r\n${hidden}`, hidden]) {
      const client = await served.open()
      client.send(head + body)
      await client.closed()
      expect(client.unread).toMatch(/^HTTP\/1\.1 4\d\d /)
      expect(client.unread).not.toContain("HTTP/1.1 200")
    }
    await served.expectUnharmed()
  })

  test("a flood of headers is answered with 431", async () => {
    const headers = Object.fromEntries(
      Array.from({ length: 5000 }, (_, index) => [`X-${index}`, "flood"]),
    )
    const answer = await served.ask(requestText('{"update_id":9}', { headers }))
    expect(answer.status).toBe(431)
    await served.expectUnharmed()
  })

  test("an endless header is answered with 431", async () => {
    const headers = { "X-Long": "x".repeat(1_000_000) }
    expect((await served.ask(requestText('{"update_id":9}', { headers }))).status).toBe(431)
    await served.expectUnharmed()
  })
})
