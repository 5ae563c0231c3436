import { connect } from "node:net"
import { once } from "node:events"
import { expect, test } from "vitest"
import { Simulator } from "../../src/index.js"

async function start() {
  const telegram = await Simulator.start()
  const bot = telegram.bot({ username: "http_bot" })
  const ada = telegram.user()
  await ada.send(bot, { document: Buffer.from("0123456789"), file_name: "a.txt" })
  const base = `${telegram.apiRoot}/bot${bot.token}`
  const updates = (await (await fetch(`${base}/getUpdates`)).json()) as {
    result: { message: { document: { file_id: string } } }[]
  }
  const { file_id } = updates.result[0]!.message.document
  const answer = await fetch(`${base}/getFile?file_id=${file_id}`)
  const { result } = (await answer.json()) as { result: { file_path: string } }
  const file = `${telegram.apiRoot}/file/bot${bot.token}/${result.file_path}`
  return { telegram, bot, file, [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose]() }
}

test("HEAD of a file returns its length and sends no body", async () => {
  await using world = await start()
  const response = await fetch(world.file, { method: "HEAD" })
  expect([response.status, response.headers.get("content-length")]).toEqual([200, "10"])
  expect(await response.text()).toBe("")
})

test.each([
  ["bytes=2-4", 206, "234", "bytes 2-4/10"],
  ["bytes=7-", 206, "789", "bytes 7-9/10"],
  ["bytes=-2", 206, "89", "bytes 8-9/10"],
  ["bytes=5-99", 206, "56789", "bytes 5-9/10"],
  ["bytes=10-", 416, "", "bytes */10"],
  ["bytes=4-2", 416, "", "bytes */10"],
  ["bytes=0-1,3-4", 200, "0123456789", null],
  ["letters=1-2", 200, "0123456789", null],
])("a file requested with Range: %s is answered %d", async (range, status, body, shown) => {
  await using world = await start()
  const response = await fetch(world.file, { headers: { range } })
  expect([response.status, await response.text()]).toEqual([status, body])
  expect(response.headers.get("content-range")).toBe(shown)
})

test.each([
  ["Host: evil.example", 403],
  ["Host: evil.example:8081", 403],
  ["Host: localhost", 200],
  ["Host: 127.0.0.1:9", 200],
  ["Host: api.localhost", 200],
  ["Host: localhost\r\nOrigin: https://evil.example", 403],
  ["Host: localhost\r\nOrigin: null", 403],
  ["Host: localhost\r\nSec-Fetch-Site: cross-site", 403],
  ["Host: localhost\r\nOrigin: http://localhost", 200],
])(
  "a call with %j is answered %d: no website can send messages through a bot",
  async (headers, status) => {
    await using world = await start()
    const socket = connect(Number(new URL(world.telegram.apiRoot).port), "127.0.0.1")
    socket.write(
      `GET /bot${world.bot.token}/getMe HTTP/1.1\r\n${headers}\r\nConnection: close\r\n\r\n`,
    )
    const [answer] = (await once(socket, "data")) as [Buffer]
    expect(answer.toString()).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    socket.destroy()
  },
)

test.each([
  ["12", 404, "Not Found"],
  ["0123:ABC", 404, "Not Found"],
  ["123456:ABC", 401, "Unauthorized"],
])(
  "with the rules of the cloud the token %s is answered %d %s",
  async (token, code, description) => {
    await using world = await start()
    const response = await fetch(`${world.telegram.apiRoot}/bot${token}/getMe`)
    expect(await response.json()).toEqual({ ok: false, error_code: code, description })
  },
)

test("a local server says that a token is malformed", async () => {
  await using telegram = await Simulator.start({ local: true })
  const response = await fetch(`${telegram.apiRoot}/bot12/getMe`)
  const description = "Unauthorized: invalid token specified"
  expect(await response.json()).toEqual({ ok: false, error_code: 401, description })
})
