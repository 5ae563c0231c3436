import { describe, expect, test } from "vitest"
import { requestText } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()
const metrics = { source: { contentType: "text/plain", text: async () => "x" }, token: "t" }

const lengths = [
  ["a length of gigabytes", "Content-Length: 9000000000"],
  ["chunks without end", "Transfer-Encoding: chunked"],
  ["a length behind 2,100 other headers", `${"a:\r\n".repeat(2100)}Content-Length: 9000000000`],
] as const

describe.each(lengths)("a body with %s", (_, header) => {
  test.each([
    ["GET /health", 200],
    ["GET /ready", 200],
    ["GET /metrics", 401],
    ["GET /nothing", 404],
    ["GET /hook", 405],
    ["POST /hook", 401],
  ])("with %s is not read: the answer closes the connection", async (line, status) => {
    await served.start({ metrics })
    const client = await served.open()
    client.send(`${line} HTTP/1.1\r\nHost: example.com\r\n${header}\r\n\r\n`)
    const answer = await client.answer()
    expect(answer).toMatchObject({ status, headers: { connection: "close" } })
    await client.closed()
    await served.expectUnharmed()
  })
})

test("a refused body of the length that Telegram sends is read to its end: the connection stays", async () => {
  const body = "x".repeat(520_000)
  const wrong = requestText(body, { headers: { "X-Telegram-Bot-Api-Secret-Token": "wrong" } })
  const client = await served.open()
  for (let round = 0; round < 3; round += 1) {
    client.send(wrong)
    expect((await client.answer()).status).toBe(401)
  }
  client.send(requestText('{"update_id":1}'))
  expect((await client.answer()).status).toBe(200)
})
