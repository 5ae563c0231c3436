import { connect } from "node:net"
import { gzipSync } from "node:zlib"
import { expect, test } from "vitest"
import { Simulator } from "../src/index.js"

/** Sends bytes and reads until the server closes, or has answered once. */
async function raw(telegram: Simulator, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(telegram.apiRoot).port), "127.0.0.1")
  let answer = ""
  socket.on("error", () => {})
  socket.write(bytes)
  for await (const chunk of socket) {
    answer += String(chunk)
    const length = /Content-Length: (\d+)[^]*?\r\n\r\n([^]*)$/i.exec(answer)
    if (length !== null && (length[2] ?? "").length >= Number(length[1])) break
  }
  socket.destroy()
  return answer
}

async function start() {
  const telegram = await Simulator.start({ seed: 2 })
  const bot = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(bot, "hi")
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(telegram.apiRoot + path, init)
    const text = await response.text()
    const body: unknown = text === "" ? "" : JSON.parse(text)
    return { status: response.status, body }
  }
  const base = `/bot${bot.token}`
  const dispose = () => telegram[Symbol.asyncDispose]()
  return { telegram, bot, ada, get, base, [Symbol.asyncDispose]: dispose }
}

test("the headers of an answer are those that Telegram sends", async () => {
  await using world = await start()
  const answer = await raw(
    world.telegram,
    `GET ${world.base}/getme HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  )
  expect(answer.split("\r\n").slice(0, 4)).toEqual([
    "HTTP/1.1 200 OK",
    "Connection: keep-alive",
    "Content-Type: application/json",
    expect.stringMatching(/^Content-Length: \d+$/),
  ])
})

test.each([
  ["PUT", "501 Not Implemented"],
  ["DELETE", "501 Not Implemented"],
  ["OPTIONS", "501 Not Implemented"],
  ["NONSENSE", "501 Not Implemented"],
])("%s is answered with a bare %s, and the connection ends", async (method, status) => {
  await using world = await start()
  const answer = await raw(
    world.telegram,
    `${method} ${world.base}/getMe HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  )
  expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status}\r\n`))
  expect(answer).toMatch(/Connection: close/i)
  expect(answer.endsWith("\r\n\r\n")).toBe(true)
})

test.each([
  ["/", 404, "Not Found"],
  ["/index.html", 404, "Not Found"],
  ["/bot123:ABC", 404, "Not Found"],
  ["//", 404, "Not Found"],
  ["//page/", 404, "Not Found"],
  ["/bot0123:ABC/getMe", 404, "Not Found"],
  ["/botABC/getMe", 404, "Not Found"],
  [`/bot1:${"A".repeat(80)}/getMe`, 404, "Not Found"],
  ["/bot123456:ABC/getMe", 401, "Unauthorized"],
])("%s is answered with %d %s", async (path, status, description) => {
  await using world = await start()
  expect(await world.get(path)).toEqual({
    status,
    body: { ok: false, error_code: status, description },
  })
})

test("an absolute address in the request line is not found", async () => {
  await using world = await start()
  const answer = await raw(
    world.telegram,
    `GET http://x${world.base}/getMe HTTP/1.1\r\nHost: localhost\r\n\r\n`,
  )
  expect(answer).toMatch(/Not Found: absolute URI is specified in the Request-Line/)
})

test("a method may be a parameter, in any letter case", async () => {
  await using world = await start()
  expect(await world.get(`${world.base}/?method=GETME`)).toMatchObject({ status: 200 })
  expect(await world.get(`${world.base}/`)).toMatchObject({
    body: { description: "Not Found: method not found" },
  })
})

test("a query parameter wins over one in the body, and the first of several equal names wins", async () => {
  await using world = await start()
  const { ada } = world
  await world.get(`${world.base}/sendMessage?text=query&text=second`, {
    method: "POST",
    body: new URLSearchParams({ chat_id: String(ada.id), text: "body" }),
  })
  expect((await ada.hears()).text).toBe("query")
})

function post(
  type: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: object = {},
): RequestInit {
  return { method: "POST", headers: { "content-type": type, ...headers }, body }
}

test("malformed JSON is no error: the parameters before the syntax error are used", async () => {
  await using world = await start()
  const { ada, base } = world
  const text = `{"chat_id":${ada.id},"text":"a","reply_markup":{"inline`
  expect(await world.get(`${base}/sendMessage`, post("application/json", text))).toMatchObject({
    body: { ok: true, result: { text: "a" } },
  })
  const broken = post("application/json", `{"chat_id":${ada.id},"text":`)
  expect(await world.get(`${base}/sendMessage`, broken)).toMatchObject({
    body: { description: "Bad Request: message text is empty" },
  })
})

test(`null is the text "null", and an unknown content type is read as an empty body`, async () => {
  await using world = await start()
  const { ada, base } = world
  const body = `{"chat_id":${ada.id},"text":null}`
  expect(await world.get(`${base}/sendMessage`, post("application/json", body))).toMatchObject({
    body: { result: { text: "null" } },
  })
  expect(await world.get(`${base}/sendMessage`, post("text/plain", body))).toMatchObject({
    body: { description: "Bad Request: message text is empty" },
  })
})

test.each([
  ["application/json", '{"chat_id":1,"text":"\xff"}'],
  ["application/x-www-form-urlencoded", "chat_id=1&text=%ff"],
  ["application/x-www-form-urlencoded", "chat_id=1&text=\xff"],
  [
    "multipart/form-data; boundary=b",
    '--b\r\nContent-Disposition: form-data; name="text"\r\n\r\n\xff\r\n--b--',
  ],
])("a text in %s that is not valid UTF-8 is refused", async (type, body) => {
  await using world = await start()
  const bytes = new Uint8Array(Buffer.from(body, "latin1"))
  expect(await world.get(`${world.base}/sendMessage`, post(type, bytes))).toMatchObject({
    body: { description: "Bad Request: strings must be encoded in UTF-8" },
  })
})

test("a percent sign without two hexadecimal digits is a percent sign", async () => {
  await using world = await start()
  const { ada, base } = world
  await world.get(`${base}/sendMessage?chat_id=${ada.id}&text=100%+sure%C3%A9`)
  expect((await ada.hears()).text).toBe("100% sureé")
})

test("a body may be compressed", async () => {
  await using world = await start()
  const { ada, base } = world
  const bytes = new Uint8Array(gzipSync(`{"chat_id":${ada.id},"text":"zip"}`))
  const zipped = post("application/json", bytes, { "content-encoding": "gzip" })
  expect(await world.get(`${base}/sendMessage`, zipped)).toMatchObject({ status: 200 })
  const brotli = post("application/json", bytes, { "content-encoding": "br" })
  expect(await world.get(`${base}/sendMessage`, brotli)).toEqual({ status: 415, body: "" })
  const bomb = new Uint8Array(gzipSync(Buffer.alloc(50_000_000)))
  const large = post("application/json", bomb, { "content-encoding": "gzip" })
  expect(await world.get(`${base}/sendMessage`, large)).toEqual({ status: 413, body: "" })
})

test("more than 1 MiB of parameters is a bare 413, headers of more than 256 KiB a bare 431", async () => {
  await using world = await start()
  const { telegram, base } = world
  const body = "x".repeat(1_100_000)
  const head = `POST ${base}/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n`
  const tooLarge = await raw(telegram, `${head}Content-Length: ${body.length}\r\n\r\n${body}`)
  expect(tooLarge).toMatch(/^HTTP\/1.1 413 /)
  expect(tooLarge.endsWith("\r\n\r\n")).toBe(true)
  const long = `GET ${base}/getMe HTTP/1.1\r\nX: ${"x".repeat(300_000)}\r\n\r\n`
  expect(await raw(telegram, long)).toMatch(/^HTTP\/1.1 431 /)
})

test.each([
  ["nonsense\r\n\r\n"],
  ["GET / HTTP/9.9\r\n\r\n"],
  ["POST /x HTTP/1.1\r\nContent-Length: -5\r\n\r\n"],
  ["POST /x HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"],
  ["GET /bot%ff%00/getMe HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"],
  [
    "GET /bot1:2/getMe HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n",
  ],
  ["CONNECT x:1 HTTP/1.1\r\nHost: localhost\r\n\r\n"],
])("the server keeps answering after %j", async (bytes) => {
  await using world = await start()
  await raw(world.telegram, bytes)
  expect((await world.get(`${world.base}/getMe`)).status).toBe(200)
})

test("the server keeps answering after a client disconnects in the middle of its body", async () => {
  await using world = await start()
  const socket = connect(Number(new URL(world.telegram.apiRoot).port), "127.0.0.1")
  const head = `POST ${world.base}/getMe HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nxx`
  await new Promise((resolve) => socket.write(head, resolve))
  socket.resetAndDestroy()
  expect((await world.get(`${world.base}/getMe`)).status).toBe(200)
})

test.each([
  ["multipart/form-data", "x"],
  [`multipart/form-data; boundary=${"b".repeat(71)}`, "x"],
  ["multipart/form-data; boundary=b", "--b\r\nno end"],
  ["multipart/form-data; boundary=b", "--b\r\nno head\r\n--b--"],
])("a malformed form (%s) is a bare 400", async (type, body) => {
  await using world = await start()
  expect(await world.get(`${world.base}/getMe`, post(type, body))).toEqual({
    status: 400,
    body: "",
  })
})

test("a bot gets its answers while hundreds of connections send nothing, or half a request", async () => {
  await using world = await start()
  const port = Number(new URL(world.telegram.apiRoot).port)
  const halves = [
    "",
    "GET /bot",
    "POST /bot1:x/a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9999999\r\n\r\nx",
  ]
  const sockets = Array.from({ length: 300 }, (_, at) => {
    const socket = connect(port, "127.0.0.1").on("error", () => {})
    socket.write(halves[at % halves.length] ?? "")
    return socket
  })
  const body = new Uint8Array(1_000_000)
  const type = "multipart/form-data; boundary=b"
  const large = Array.from({ length: 20 }, () =>
    world.get("/bot9:nobody/sendDocument", post(type, body)),
  )
  for (const { status } of await Promise.all(large)) expect(status).toBe(401)
  expect((await world.get(`${world.base}/getMe`)).status).toBe(200)
  for (const socket of sockets) socket.destroy()
})

test("the server listens on loopback by default, and a port in use is refused", async () => {
  await using telegram = await Simulator.start()
  const { hostname, port } = new URL(telegram.apiRoot)
  expect(hostname).toBe("127.0.0.1")
  await expect(Simulator.start({ port: Number(port) })).rejects.toThrow("EADDRINUSE")
})

test("the server starts within 300 ms of processor time", async () => {
  const before = process.cpuUsage()
  await using telegram = await Simulator.start()
  await fetch(`${telegram.apiRoot}/`)
  const { user, system } = process.cpuUsage(before)
  expect((user + system) / 1000).toBeLessThan(300)
})
