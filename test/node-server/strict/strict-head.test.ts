import { createServer, type IncomingMessage, type Server } from "node:http"
import { Duplex } from "node:stream"
import * as fc from "fast-check"
import { describe, expect, test } from "vitest"
import { readStrictHead } from "../../../src/node-server/strict/strict-head.js"
import { requestText, secret } from "../../support/raw-client.js"

/** Set `FUZZ_RUNS` for a long run. */
const numRuns = Number(process.env.FUZZ_RUNS ?? 1_000)

const read = (text: string) => readStrictHead(Buffer.from(text, "latin1"))

/**
 * Heads as written by the proxies; those of nginx and Apache differ only in the order of headers.
 */
const proxied = {
  haproxy:
    "POST /bot HTTP/1.1\r\nhost: example.com\r\nx-telegram-bot-api-secret-token: the-right_secret\r\n" +
    "content-type: application/json\r\ncontent-length: 2\r\naccept-encoding: gzip, deflate\r\n" +
    "x-forwarded-for: 127.0.0.1\r\nx-forwarded-proto: https\r\nconnection: close\r\n\r\n{}",
  nginx:
    "POST /bot HTTP/1.1\r\nHost: example.com\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n" +
    "Connection: close\r\nContent-Length: 2\r\nX-Telegram-Bot-Api-Secret-Token: the-right_secret\r\n" +
    "Content-Type: application/json\r\nAccept-Encoding: gzip, deflate\r\n\r\n{}",
  caddy:
    "POST /bot HTTP/1.1\r\nHost: example.com\r\nContent-Length: 2\r\nAccept-Encoding: gzip, deflate\r\n" +
    "Content-Type: application/json\r\nX-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Host: example.com\r\n" +
    "X-Forwarded-Proto: https\r\nX-Telegram-Bot-Api-Secret-Token: the-right_secret\r\n" +
    "Connection: close\r\n\r\n{}",
}

describe("a strict head is read", () => {
  test("of Telegram's request, with its body in the same bytes or separate", () => {
    const text = requestText('{"update_id":1}')
    const bodyStart = text.indexOf("{")
    for (const length of [text.length, bodyStart]) {
      expect(read(text.slice(0, length))).toEqual({
        method: "POST",
        path: "/hook",
        secretToken: secret,
        contentEncoding: undefined,
        contentType: "application/json",
        contentLength: "15",
        "x-forwarded-for": undefined,
        forwarded: undefined,
        isLast: false,
        bodyStart,
        bodyEnd: text.length,
      })
    }
  })

  test.each(Object.entries(proxied))("of a request that %s forwards", (_, text) => {
    expect(read(text)).toMatchObject({
      path: "/bot",
      secretToken: "the-right_secret",
      "x-forwarded-for": "127.0.0.1",
      isLast: true,
      bodyEnd: text.length,
    })
  })
})

describe("a strict head is not read", () => {
  const right = requestText("{}")
  const withLine = (line: string) => right.replace("\r\n\r\n", `\r\n${line}\r\n\r\n`)
  test.each([
    ["that is not complete", right.slice(0, -6)],
    ["with another method", right.replace("POST", "PUT")],
    ["of HTTP/1.0", right.replace("HTTP/1.1", "HTTP/1.0")],
    ["with a query", right.replace("/hook", "/hook?a=b")],
    ["with an absolute path", right.replace("/hook", "http://example.com/hook")],
    ["after an empty line", `\r\n${right}`],
    ["without a host", right.replace("Host: example.com\r\n", "")],
    ["without a length", right.replace("Content-Length: 2\r\n", "")],
    ["with a length of zero", right.replace("Length: 2", "Length: 0")],
    ["with a length that begins with zero", right.replace("Length: 2", "Length: 02")],
    ["with a sign in its length", right.replace("Length: 2", "Length: +2")],
    ["with chunks", withLine("Transfer-Encoding: chunked")],
    ["with a header that is not expected", withLine("X-Other: a")],
    ["with a header that is there twice", withLine("content-length: 2")],
    ["with another spelling", right.replace("Content-Length", "CONTENT-LENGTH")],
    ["with an upgrade", right.replace("keep-alive", "upgrade")],
    ["with a tab after a colon", right.replace("Host: ", "Host:\t")],
    ["without a blank after a colon", right.replace("Host: ", "Host:")],
    ["with two blanks after a colon", right.replace("Host: ", "Host:  ")],
    ["with a blank at the end of a line", right.replace("example.com", "example.com ")],
    ["with an empty value", right.replace("example.com", "")],
    ["with a folded line", right.replace("example.com", "example.com\r\n b")],
    ["with a line that ends with LF alone", right.replace("example.com\r", "example.com")],
    ["with CR in a line", right.replace("example.com", "example\r.com")],
    ["with NUL in a line", right.replace("example.com", "example\0.com")],
    ["with a character beyond ASCII", right.replace("example.com", "ex\u00e4mple.com")],
    ["that is too long", withLine(`Via: ${"x".repeat(9_000)}`)],
  ])("%s", (_, text) => {
    expect(text).not.toBe(right)
    expect(read(text)).toBeUndefined()
  })
})

/** A request as `node:http` has read it. */
interface NodeRequest {
  readonly method: string | undefined
  readonly url: string | undefined
  readonly version: string
  readonly headers: IncomingMessage["headers"]
  readonly isLast: boolean
  readonly body: string
}

/**
 * Lets `node:http` read the bytes of one connection. Resolves with its requests, or with an error
 * code.
 */
async function readByNode(server: Server, bytes: Buffer): Promise<(NodeRequest | string)[]> {
  const found: (NodeRequest | string)[] = []
  server.removeAllListeners("request").removeAllListeners("clientError")
  server.on("request", (request, response) => {
    let body = ""
    request.setEncoding("latin1").on("data", (text: string) => (body += text))
    request.on("end", () => {
      const { method, url, httpVersion: version, headers } = request
      const isLast = !response.shouldKeepAlive
      found.push({ method, url, version, headers: { ...headers }, isLast, body })
      response.end()
    })
  })
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    found.push(error.code ?? "")
    socket.destroy()
  })
  const socket = new Duplex({ read() {}, write: (_chunk, _encoding, done) => done() })
  server.emit("connection", socket)
  socket.push(bytes)
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate)
  socket.destroy()
  return found
}

/** Byte sequences on which HTTP parsers are known to differ. */
const piece = fc.oneof(
  fc.constantFrom(
    "\r\n",
    "\n",
    "\r",
    "\0",
    " ",
    "\t",
    ":",
    ": ",
    ",",
    "\r\n\r\n",
    "\u00ff",
    "\x7f",
  ),
  fc.constantFrom(
    "0",
    "1",
    "+",
    "-",
    "0x",
    "e",
    "?",
    "#",
    "//",
    "..",
    "%00",
    "http://a",
    "HTTP/1.0",
  ),
  fc.constantFrom(
    ...["Content-Length: 2\r\n", "content-length: 3\r\n", "Transfer-Encoding: chunked\r\n"],
    ...["Connection: close\r\n", "connection: keep-alive\r\n", "Connection: upgrade\r\n"],
    ...["Connection: close, keep-alive\r\n", "Proxy-Connection: close\r\n", "Upgrade: h2c\r\n"],
    ...["Expect: 100-continue\r\n", "Host: other\r\n", "Via: 1.1 a\r\n", " folded\r\n"],
    ...["Trailer: a\r\n", "Forwarded: for=a\r\n", "X-Real-IP: 1.1.1.1\r\n", "TE: trailers\r\n"],
  ),
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
)

const edits = fc.array(
  fc.record({ at: fc.double({ min: 0, max: 1, noNaN: true }), cut: fc.nat(3), piece }),
  { maxLength: 3 },
)

function edited(text: string, changes: readonly { at: number; cut: number; piece: string }[]) {
  let result = text
  for (const { at, cut, piece: between } of changes) {
    // Most interesting edits are at the beginning of lines.
    const lines = result.split("\r\n")
    const line = Math.floor(at * lines.length)
    const start = lines.slice(0, line).join("\r\n").length + (line > 0 ? 2 : 0)
    const inner = Math.floor(((at * lines.length) % 1) * ((lines[line]?.length ?? 0) + 1))
    const position = between.endsWith("\r\n") ? start : start + inner
    result = result.slice(0, position) + between + result.slice(position + cut)
  }
  return result
}

test(
  "every head that is read strictly is read by node:http as the same request",
  { timeout: 60_000 + numRuns * 10 },
  async () => {
    const server = createServer({ maxHeaderSize: 16_384 })
    server.maxHeadersCount = 0
    let accepted = 0
    const source = fc.constantFrom(requestText("{}"), ...Object.values(proxied))
    await fc.assert(
      fc.asyncProperty(source, edits, async (text, changes) => {
        const bytes = Buffer.from(edited(text, changes), "latin1")
        const head = readStrictHead(bytes)
        if (!head || head.bodyEnd > 2_000) return
        accepted += 1
        // A body of the declared length, and another request right after it.
        const body = "b".repeat(head.bodyEnd - head.bodyStart)
        const next = head.isLast ? "" : "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"
        const whole = [bytes.subarray(0, head.bodyStart), Buffer.from(body + next)]
        const [request, ...others] = await readByNode(server, Buffer.concat(whole))
        expect(request).toMatchObject({
          method: "POST",
          url: head.path,
          version: "1.1",
          isLast: head.isLast,
          body,
        })
        const { headers } = request as NodeRequest // checked above
        expect({
          "x-telegram-bot-api-secret-token": headers["x-telegram-bot-api-secret-token"],
          "content-type": headers["content-type"],
          "content-length": headers["content-length"],
          "x-forwarded-for": headers["x-forwarded-for"],
          forwarded: headers.forwarded,
        }).toEqual({
          "x-telegram-bot-api-secret-token": head.secretToken,
          "content-type": head.contentType,
          "content-length": head.contentLength,
          "x-forwarded-for": head["x-forwarded-for"],
          forwarded: head.forwarded,
        })
        for (const name of ["content-encoding", "transfer-encoding", "expect", "upgrade"]) {
          expect(headers[name], name).toBeUndefined()
        }
        expect(others).toEqual(head.isLast ? [] : [expect.objectContaining({ url: "/next" })])
      }),
      { numRuns },
    )
    expect(accepted).toBeGreaterThan(numRuns / 20)
  },
)
