import { gzipSync, deflateSync } from "node:zlib"
import { expect, test } from "vitest"
import { ConformanceStage } from "./conformance-stage.js"
import { ok, response } from "./scripted-webhook.js"

interface Outcome {
  readonly isDelivered: boolean
  readonly lastError: string | undefined
  /** The methods that the answer called. */
  readonly calls: string[]
  readonly requests: number
}

/** Answers the first request with these bytes, and all others with 200. */
async function outcomeOf(first: string | Buffer): Promise<Outcome> {
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? first : ok)
  })
  await play.telegram.user({ id: 5 }).send(play.bot, "meet")
  await play.settle()
  const { deliveries, calls } = play.telegram
  await deliveries.wait(() => true)
  await play.clock.advance(2500)
  const { result } = await play.call("getWebhookInfo")
  const { last_error_message: lastError } = result as { last_error_message?: string }
  const ignored = new Set(["setWebhook", "getWebhookInfo"])
  return {
    isDelivered: [...deliveries][0]?.outcome === "delivered",
    lastError,
    calls: calls.filter(({ method }) => !ignored.has(method)).map(({ method }) => method),
    requests: play.webhook.requests.length,
  }
}

const json = ["Content-Type: application/json"]
const call = JSON.stringify({ method: "sendMessage", chat_id: 5, text: "hi" })
const binary = (headers: readonly string[], body: Buffer) =>
  Buffer.concat([
    Buffer.from(
      `HTTP/1.1 200 OK\r\n${headers.join("\r\n")}\r\nContent-Length: ${body.length}\r\n\r\n`,
    ),
    body,
  ])

test.each([
  ["204", response("204 No Content")],
  ["201", response("201 Created")],
  ["299", response("299 Fine")],
  ["200 without Content-Length", "HTTP/1.1 200 OK\r\n\r\n"],
  ["HTTP/1.0", "HTTP/1.0 200 OK\r\n\r\n"],
  ["Connection: close", response("200 OK", ["Connection: close"])],
  ["Connection: close, foo", response("200 OK", ["Connection: close, foo"])],
  ["no reason", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"],
  ["br without a body", response("200 OK", ["Content-Encoding: br"])],
  ["1.2 MB of plain text", response("200 OK", ["Content-Type: text/plain"], "x".repeat(1_200_000))],
  [
    "a chunk extension of 8 characters",
    chunked(["5;ab=12\r\nhello"], ["Content-Type: text/plain"]),
  ],
  ["an array", response("200 OK", json, "[1,2]")],
  ["ok", response("200 OK", json, '{"ok":true}')],
])("%s is a success, and makes no call", async (_, bytes) => {
  expect(await outcomeOf(bytes)).toEqual({
    isDelivered: true,
    lastError: undefined,
    calls: [],
    requests: 1,
  })
})

test.each([
  ["JSON", response("200 OK", json, call)],
  ["JSON on a 201", response("201 Created", json, call)],
  [
    "another letter case",
    response("200 OK", ["Content-type: Application/JSON; charset=utf-8"], call),
  ],
  ["gzip", binary([...json, "Content-Encoding: gzip"], gzipSync(call))],
  ["deflate", binary([...json, "Content-Encoding: Deflate"], deflateSync(call))],
  ["none", response("200 OK", [...json, "Content-Encoding: none"], call)],
  ["chunks", chunked([`${call.length.toString(16)}\r\n${call}`], json)],
  [
    "a form",
    response(
      "200 OK",
      ["Content-Type: application/x-www-form-urlencoded"],
      "method=SENDMESSAGE&chat_id=5&text=hi",
    ),
  ],
  [
    "multipart",
    response(
      "200 OK",
      ["Content-Type: multipart/form-data; boundary=b"],
      ["method\r\nsendMessage", "chat_id\r\n5", "text\r\nhi"]
        .map((part) => part.split("\r\n"))
        .map(
          ([name, value]) =>
            `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        .join("") + "--b--\r\n",
    ),
  ],
  ["the first of two methods", response("200 OK", json, call.replace("}", ',"method":"getMe"}'))],
  [
    "multipart with a file",
    response(
      "200 OK",
      ["Content-Type: multipart/form-data; boundary=b"],
      `${["method\r\nsendMessage", "chat_id\r\n5", "text\r\nhi"]
        .map((part) => part.split("\r\n"))
        .map(
          ([name, value]) =>
            `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        .join(
          "",
        )}--b\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nxyz\r\n--b--\r\n`,
    ),
  ],
  [
    "broken JSON, whose pairs before the break count",
    response("200 OK", json, `${call.slice(0, -1)},oops`),
  ],
])("a call is made from %s", async (_, bytes) => {
  const outcome = await outcomeOf(bytes)
  expect(outcome).toEqual({
    isDelivered: true,
    lastError: undefined,
    calls: ["sendMessage"],
    requests: 1,
  })
})

test.each(["getMe", "setWebhook", "deleteWebhook", "logOut", "close"])(
  "%s is not made from an answer",
  async (method) => {
    const bytes = response("200 OK", json, JSON.stringify({ method }))
    expect(await outcomeOf(bytes)).toMatchObject({ isDelivered: true, calls: [] })
  },
)

test("a call in an answer that is not 2xx is not made", async () => {
  expect(await outcomeOf(response("500 Oops", json, call))).toMatchObject({ calls: [] })
})

const wrong = "Wrong response from the webhook: "

test.each([
  ["199", response("199 Odd"), `${wrong}199 Odd`],
  ["301", response("301 Moved"), `${wrong}301 Moved`],
  ["401", response("401 Unauthorized"), `${wrong}401 Unauthorized`],
  ["an empty reason", "HTTP/1.1 404 \r\nContent-Length: 0\r\n\r\n", `${wrong}404 `],
  ["no space after the code", "HTTP/1.1 404\r\nContent-Length: 0\r\n\r\n", `${wrong}404 0`],
  [
    "br",
    response("200 OK", ["Content-Encoding: br"], "x"),
    "Unsupported Media Type: unsupported content-encoding",
  ],
  [
    "identity",
    response("200 OK", ["Content-Encoding: identity"], "x"),
    "Unsupported Media Type: unsupported content-encoding",
  ],
  ["HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n", "HTTP Version Not Supported"],
  ["not HTTP", "hello there\r\n\r\n", "Not Implemented"],
  [
    "Transfer-Encoding: gzip",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
    "Unimplemented: unsupported transfer-encoding",
  ],
  [
    "a long chunk line",
    chunked(["24;name=value1\r\n"], json),
    "Bad Request: Too long length in chunked 24;name=value1",
  ],
  [
    "multipart without its boundary",
    response("200 OK", ["Content-Type: multipart/form-data; boundary=b"], "no parts"),
    "Bad Request: unexpected end of request content",
  ],
])("%s is a failure, and the update is sent again", async (_, bytes, lastError) => {
  const outcome = await outcomeOf(bytes)
  expect(outcome).toEqual({ isDelivered: false, lastError, calls: [], requests: 2 })
})

test.each([
  ["lines that end in a bare line feed", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  [
    "a body that is shorter than its Content-Length",
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
  ],
  [
    "a 204 with a Content-Length and no body",
    "HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n",
  ],
])("%s are awaited until the 60 s are over", async (_, bytes) => {
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? bytes : ok)
  })
  play.message(5)
  await play.settle()
  await play.clock.advance(62_500)
  expect((await play.call("getWebhookInfo")).result).toMatchObject({
    last_error_message: "Read timeout expired",
  })
  expect(play.webhook.requests).toHaveLength(2)
})

const plain = ["Content-Type: text/plain"]

test.each([
  ["two spaces in front of the code", "HTTP/1.1  200 OK\r\n\r\n", `${wrong}0 200 OK`],
  ["a code with a plus", "HTTP/1.1 +200 OK\r\n\r\n", `${wrong}0 OK`],
  ["neither a reason nor a header", "HTTP/1.1 200\r\n\r\n", "Bad Request"],
  ["a CR inside a header", "HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "Bad Request"],
  [
    "text that is no gzip",
    response("200 OK", [...plain, "Content-Encoding: gzip"], "no gzip at all"),
    "Bad Request: zlib error -3",
  ],
  [
    "gzip that was cut",
    binary([...plain, "Content-Encoding: gzip"], gzipSync(call).subarray(0, 40)),
    "Bad Request: zlib error -5",
  ],
  [
    "JSON that is no deflate",
    response("200 OK", [...json, "Content-Encoding: deflate"], call),
    "Bad Request: zlib error -3",
  ],
  [
    "a part that is no form-data",
    response(
      "200 OK",
      ["Content-Type: multipart/form-data; boundary=b"],
      '--b\r\nContent-Disposition: attachment; name="method"\r\n\r\nsendMessage\r\n--b--\r\n',
    ),
    "Bad Request: expected form-data content disposition",
  ],
  [
    "a head of more than 256 KiB",
    `HTTP/1.1 200 OK\r\nA: ${"x".repeat(270_000)}\r\n\r\n`,
    "Request Header Fields Too Large: total headers size exceeded",
  ],
  [
    "multipart without a boundary",
    response("200 OK", ["Content-Type: multipart/form-data"], "x"),
    "Bad Request: boundary not found",
  ],
  [
    "a boundary of nothing",
    response("200 OK", ['Content-Type: multipart/form-data; boundary=""'], "x"),
    "Bad Request: boundary too big or empty",
  ],
  [
    "a part without headers",
    response(
      "200 OK",
      ["Content-Type: multipart/form-data; boundary=b"],
      "--b\r\n\r\n\r\nx\r\n--b--\r\n",
    ),
    "Bad Request: headers in multipart/form-data are empty",
  ],
  ["a request in place of an answer", "GET /x HTTP/1.1\r\n\r\n", `${wrong}GET:/x`],
  ["a code of eleven digits", "HTTP/1.1 99999999999 OK\r\n\r\n", `${wrong}1215752191 OK`],
])("%s: the answer is a failure, and the update is sent again", async (_, bytes, lastError) => {
  const outcome = await outcomeOf(bytes)
  expect(outcome).toEqual({ isDelivered: false, lastError, calls: [], requests: 2 })
})

test.each([
  [
    "the first of two members of gzip",
    binary(
      [...json, "Content-Encoding: gzip"],
      Buffer.concat([gzipSync(call), gzipSync(',"x":1')]),
    ),
  ],
  [
    "bytes behind gzip",
    binary([...json, "Content-Encoding: gzip"], Buffer.concat([gzipSync(call), Buffer.from("xx")])),
  ],
  ["gzip that is called deflate", binary([...json, "Content-Encoding: deflate"], gzipSync(call))],
  ["deflate that is called gzip", binary([...json, "Content-Encoding: gzip"], deflateSync(call))],
  [
    "a boundary behind blanks",
    response(
      "200 OK",
      ["Content-Type: multipart/form-data; boundary = b"],
      ["method\r\nsendMessage", "chat_id\r\n5", "text\r\nhi"]
        .map((part) => part.split("\r\n"))
        .map(
          ([name, value]) =>
            `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
        )
        .join("") + "--b--\r\n",
    ),
  ],
  ["a letter that needs no backslash", response("200 OK", json, call.replace("hi", "\\x"))],
  ["a line break in a string", response("200 OK", json, call.replace("hi", "a\nb"))],
  ["a number that begins with 0", response("200 OK", json, call.replace(":5", ":05"))],
])("%s: the call is made", async (_, bytes) => {
  expect(await outcomeOf(bytes)).toMatchObject({ isDelivered: true, calls: ["sendMessage"] })
})

test("a status code that overflows to 200 is a success", async () => {
  expect(await outcomeOf("HTTP/1.1 4294967496 OK\r\n\r\n")).toMatchObject({ isDelivered: true })
})

test.each([
  ["Content-Length: +5", `HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello\r\n\r\n`],
  [
    "Content-Length over 2^64",
    `HTTP/1.1 200 OK\r\nContent-Length: 18446744073709551616\r\n\r\nhello\r\n\r\n`,
  ],
  ["a chunk of 0x2f", chunked(["0x2f\r\nhello, these are forty-seven characters of text"], plain)],
  ["a chunk of -5", chunked(["-5\r\nhello"], plain)],
])("%s is 0: the bytes behind it break the next answer", async (_, bytes) => {
  await using play = await ConformanceStage.start((request) => {
    request.answer(play.webhook.requests.length === 1 ? bytes : ok)
  })
  play.message(5)
  await play.settle()
  play.message(6)
  await play.settle()
  const outcomes = [...play.telegram.deliveries].map(({ outcome, error }) => error ?? outcome)
  expect(outcomes).toEqual(["delivered", "Not Implemented", "delivered"])
})

test.each([
  ["2147483647", ["Retry-After: 2147483647"], 3600],
  ["2147483648", ["Retry-After: 2147483648"], 0],
  ["the first of two", ["Retry-After: 7", "Retry-After: 3"], 7],
  ["01", ["Retry-After: 01"], 0],
  ["+1", ["Retry-After: +1"], 0],
  ["1 behind a no-break space", ["Retry-After: \u00a01"], 0],
  ["1", ["Retry-After: 1"], 1],
])("Retry-After of %s makes the update wait %j: %d s", async (_, headers, seconds) => {
  await using play = await ConformanceStage.start((request) => {
    const isFirst = play.webhook.requests.length === 1
    request.answer(isFirst ? Buffer.from(response("503 Busy", headers), "latin1") : ok)
  })
  play.message(5)
  await play.settle()
  await play.clock.advance(4_000_000)
  expect(play.webhook.seconds()).toEqual([0, seconds])
})

test("a request head of 4,068 bytes is sent, one of 4,069 never is", async () => {
  for (const [length, count] of [
    [4068, 1],
    [4069, 0],
  ] as const) {
    await using play = await ConformanceStage.start((request) => request.answer(ok))
    play.message(5)
    await play.settle()
    const first = play.webhook.requests[0]?.raw ?? ""
    const usual = first.indexOf("\r\n\r\n") + 4
    await play.clock.advance(1000)
    const path = "x".repeat(length - usual - 1)
    await play.call("setWebhook", { url: `${play.webhook.url.replace(/\/$/, "")}/${path}` })
    play.message(6)
    await play.settle()
    expect(play.webhook.requests.length - 1).toBe(count)
  }
})

test("a server that accepts and never answers the handshake is a read timeout", async () => {
  const { createServer } = await import("node:net")
  const server = createServer((socket) => void socket.on("error", () => {}).resume())
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  await using play = await ConformanceStage.start(() => {})
  await play.clock.advance(1000)
  await play.call("setWebhook", { url: `https://127.0.0.1:${port}/` })
  play.message(5)
  await play.settle()
  await play.clock.advance(62_000)
  const { result } = await play.call("getWebhookInfo")
  expect(result).toMatchObject({ last_error_message: "Read timeout expired" })
  server.close()
})

test("HTTP/1.0 keeps the connection unless Connection is close", async () => {
  for (const [value, connections] of [
    ["upgrade", 1],
    ["close", 2],
  ] as const) {
    await using play = await ConformanceStage.start((request) =>
      request.answer(`HTTP/1.0 200 OK\r\nConnection: ${value}\r\n\r\n`),
    )
    play.message(5)
    await play.settle()
    play.message(5)
    await play.settle()
    expect(play.webhook.requests).toHaveLength(2)
    expect(new Set(play.webhook.requests.map(({ connection }) => connection)).size).toBe(
      connections,
    )
  }
})

test.each(["100 Continue", "103 Early Hints"])("%s is an answer, and a failure", async (status) => {
  await using play = await ConformanceStage.start((request) => {
    const isFirst = play.webhook.requests.length === 1
    request.answer(isFirst ? `HTTP/1.1 ${status}\r\n\r\n` : ok)
  })
  play.message(5)
  await play.settle()
  const outcomes = [...play.telegram.deliveries].map((each) => [each.outcome, each.status])
  expect(outcomes).toEqual([
    ["failed", Number(status.slice(0, 3))],
    ["delivered", 200],
  ])
})

test("invalid bytes behind an answer fail the next update, which is sent again", async () => {
  await using play = await ConformanceStage.start((request) => {
    const isFirst = play.webhook.requests.length === 1
    request.answer(isFirst ? `HTTP/1.1 200 OK\r\n\r\nnonsense\r\n\r\n` : ok)
  })
  play.message(5)
  await play.settle()
  play.message(6)
  await play.settle()
  const outcomes = [...play.telegram.deliveries].map(({ outcome, error }) => error ?? outcome)
  expect(outcomes).toEqual(["delivered", "Not Implemented", "delivered"])
})

test("after an early hint, every answer on that connection belongs to the request before", async () => {
  const statuses: (number | undefined)[] = []
  await using play = await ConformanceStage.start((request) => {
    const isFirst = play.webhook.requests.length === 1
    request.answer(isFirst ? `HTTP/1.1 103 Early Hints\r\n\r\n${ok}` : response("500 Late"))
  })
  play.message(5)
  await play.settle()
  play.message(6)
  await play.settle()
  for (const { status } of play.telegram.deliveries) statuses.push(status)
  expect(statuses.slice(0, 3)).toEqual([103, 200, 500])
})

test("an unreadable answer gets an HTTP error, then the connection is closed", async () => {
  let answered = ""
  await using play = await ConformanceStage.start(() => {})
  const { createServer } = await import("node:net")
  const server = createServer((socket) => {
    socket.once("data", () => {
      socket.write("nonsense\r\n\r\n")
      socket.on("data", (bytes) => (answered += bytes.toString()))
      socket.on("end", () => server.close())
    })
  })
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  await play.clock.advance(1000)
  await play.call("setWebhook", { url: `http://127.0.0.1:${port}/` })
  play.message(5)
  const ended = new Promise((resolve) => server.once("close", resolve))
  await play.settle()
  await ended
  expect(answered).toBe("HTTP/1.1 501 Not Implemented\r\nContent-Length: 0\r\n\r\n")
})

function chunked(chunks: readonly string[], headers: readonly string[]): string {
  const head = ["HTTP/1.1 200 OK", ...headers, "Transfer-Encoding: chunked", "", ""]
  return `${head.join("\r\n")}${chunks.join("\r\n")}\r\n0\r\n\r\n`
}
