import { describe, expect, test } from "vitest"
import { requestText } from "../../support/raw-client.js"
import { Served } from "../../support/served-webhook.js"

const served = Served.forEachTest()

describe("a valid update", () => {
  test("is answered with 200 and an empty body", async () => {
    const answer = await served.ask(requestText('{"update_id":1,\n"message":{"text":"\\u00e9"}}'))
    expect(answer).toMatchObject({ status: 200, body: "" })
    expect(answer.headers["content-length"]).toBe("0")
    expect(served.queue.puts).toEqual([
      { botId: 7, update: { update_id: 1, message: { text: "é" } } },
    ])
  })

  test("can have a query in its path", async () => {
    expect((await served.ask(requestText('{"update_id":1}', { path: "/hook?x=1" }))).status).toBe(
      200,
    )
  })

  test.each([
    "application/json; charset=utf-8",
    "Application/JSON;charset=UTF-8",
    'application/json; charset="utf-8"',
  ])("can have the content type %s", async (type) => {
    const headers = { "Content-Type": type }
    expect((await served.ask(requestText('{"update_id":1}', { headers }))).status).toBe(200)
  })

  test("can begin with a byte order mark", async () => {
    expect((await served.ask(requestText('\uFEFF{"update_id":1}'))).status).toBe(200)
  })

  test("can have a chunked body", async () => {
    const headers = { "Content-Length": null, "Transfer-Encoding": "chunked" }
    const chunks = '8\r\n{"update\r\n7\r\n_id":1}\r\n0\r\n\r\n'
    expect((await served.ask(requestText("", { headers }) + chunks)).status).toBe(200)
    expect(served.queue.ids).toEqual([1])
  })

  test("can have characters that are split across packets", async () => {
    const body = Buffer.from('{"update_id":1,"message":{"text":"Grüße 🌍"}}')
    const client = await served.open()
    client.socket.setNoDelay(true)
    const headers = { "Content-Length": String(body.length) }
    client.send(requestText("", { headers }))
    for (const byte of body) {
      await new Promise((resolve) => client.socket.write(Uint8Array.of(byte), resolve))
      await new Promise(setImmediate)
    }
    expect((await client.answer()).status).toBe(200)
    expect(served.queue.puts[0]?.update).toEqual({ update_id: 1, message: { text: "Grüße 🌍" } })
  })

  test("can be pipelined", async () => {
    const client = await served.open()
    const ids = [1, 2, 3, 4, 5]
    client.send(ids.map((id) => requestText(`{"update_id":${id}}`)).join(""))
    for (const _ of ids) expect((await client.answer()).status).toBe(200)
    expect(served.queue.ids).toEqual(ids)
  })

  test("with Expect: 100-continue is asked for its body only after a valid head", async () => {
    const headers = { Expect: "100-continue", "Content-Length": "15" }
    const client = await served.open()
    client.send(requestText("", { headers }))
    expect((await client.answer()).status).toBe(100)
    client.send('{"update_id":1}')
    expect((await client.answer()).status).toBe(200)
    const wrong = { ...headers, "X-Telegram-Bot-Api-Secret-Token": "no" }
    expect((await served.ask(requestText("", { headers: wrong }))).status).toBe(401)
  })

  test("can have keys with a meaning in JavaScript", async () => {
    const body = '{"update_id":1,"__proto__":{"polluted":1},"constructor":{"prototype":{}}}'
    expect((await served.ask(requestText(body))).status).toBe(200)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})
