import { once } from "node:events"
import { type AddressInfo, createServer, type Server, type Socket } from "node:net"
import fc from "fast-check"
import { afterAll, beforeAll, describe, expect, test } from "vitest"
import { createTransport as createDirect } from "../../../src/bot/node-transport.js"
import type { Transport, TransportResponse } from "../../../src/bot/transport.js"
import { createTransport as createUndici } from "../../../src/bot/undici-transport.js"
import { Deadline } from "../../../src/bot/deadline.js"

/** The bytes with which the server answers each request, in pieces, before it closes the connection. */
let pieces: readonly Buffer[] = []
let server: Server
let origin: string

beforeAll(async () => {
  server = createServer((socket) => {
    socket.on("error", () => {})
    socket.once("data", () => void sendPieces(socket))
  })
  server.listen(0, "127.0.0.1")
  await once(server, "listening")
  // A TCP server's address is an object.
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(async () => {
  server.close()
  await once(server, "close")
})

async function sendPieces(socket: Socket): Promise<void> {
  socket.setNoDelay(true)
  for (const piece of pieces) {
    if (socket.destroyed) return
    socket.write(piece)
    await new Promise((resolve) => setImmediate(resolve))
  }
  socket.end()
}

async function answerBy(
  create: () => Transport,
  sent: readonly Buffer[],
): Promise<TransportResponse<string> | "failed"> {
  pieces = sent
  await using transport = create()
  const abort = new Deadline(10_000, undefined)
  try {
    const head = { origin, path: "/", method: "POST", headers: {} } as const
    const { status, headers, body } = await transport.send({ ...head, body: "{}", abort })
    return { status, headers: trimmed(headers), body }
  } catch {
    return "failed"
  } finally {
    abort.end()
  }
}

/** Returns headers without blanks around the values: undici keeps a tabulator at the end. */
function trimmed(headers: TransportResponse<string>["headers"]) {
  const entries = Object.entries(headers)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, [value ?? ""].flat().map((one) => one.trim())]),
  )
}

function directly(text: string) {
  return answerBy(createDirect, [Buffer.from(text, "latin1")])
}

describe("an answer is read", () => {
  test.each([
    ["with a length", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "ok"],
    ["to the end of the connection", "HTTP/1.0 200 OK\r\n\r\nok", "ok"],
    [
      "in chunks",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\n\r\n",
      "ok",
    ],
    [
      "with an extension and a trailer",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n2;a=b\r\nok\r\n0\r\nX: y\r\n\r\n",
      "ok",
    ],
    [
      "after an interim answer",
      "HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok",
      "ok",
    ],
    ["without a body", "HTTP/1.1 204 No Content\r\n\r\n", ""],
    ["without a reason", "HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", "ok"],
  ])("%s", async (_name, text, body) => {
    expect(await directly(text)).toMatchObject({ body })
  })
})

describe("no answer is guessed", () => {
  test.each([
    ["two lengths", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 2\r\n\r\nok"],
    ["an odd length", "HTTP/1.1 200 OK\r\ncontent-length: +2\r\n\r\nok"],
    [
      "a length and chunks",
      "HTTP/1.1 200 OK\r\ncontent-length: 9\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n",
    ],
    ["an unknown coding", "HTTP/1.1 200 OK\r\ntransfer-encoding: gzip\r\n\r\n0\r\n\r\n"],
    ["a bare line feed", "HTTP/1.1 200 OK\r\nx: y\ncontent-length: 2\r\n\r\nok"],
    ["a folded line", "HTTP/1.1 200 OK\r\nx: y\r\n z\r\ncontent-length: 2\r\n\r\nok"],
    ["a blank before the colon", "HTTP/1.1 200 OK\r\ncontent-length : 2\r\n\r\nok"],
    ["another protocol", "ICY 200 OK\r\ncontent-length: 2\r\n\r\nok"],
    ["a change of the protocol", "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\n\r\n"],
    ["a short body", "HTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nok"],
    ["an incomplete chunk", "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3\r\nok"],
    [
      "a chunk beyond its size",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n",
    ],
    [
      "an odd size of a chunk",
      "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n-1\r\n\r\n0\r\n\r\n",
    ],
    ["an endless head", `HTTP/1.1 200 OK\r\n${"x: yyyyyyyyyyyy\r\n".repeat(2000)}`],
    ["an endless size", `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n${"1".repeat(9000)}`],
    [
      "an endless trailer",
      `HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n0\r\n${"x: y\r\n".repeat(9000)}\r\n`,
    ],
    ["no bytes", ""],
  ])("%s", async (_name, text) => {
    expect(await directly(text)).toBe("failed")
  })
})

const known = [
  'HTTP/1.1 200 OK\r\nServer: nginx/1.18.0\r\nDate: Tue, 01 Dec 2026 10:00:00 GMT\r\nContent-Type: application/json\r\nContent-Length: 27\r\nConnection: keep-alive\r\nStrict-Transport-Security: max-age=31536000\r\n\r\n{"ok":true,"result":"\xc3\xa4"}  ',
  "HTTP/1.1 502 Bad Gateway\r\nServer: nginx\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n6\r\n<html>\r\n7;x=y\r\n</html>\r\n0\r\nX-Sum: 1\r\n\r\n",
  "HTTP/1.0 302 Found\r\nLocation: https://example.com/\r\nSet-Cookie: a=b\r\nSet-Cookie: c=d\r\n\r\nmoved",
  "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
].map((text) => Buffer.from(text, "latin1"))

/** A known answer after some changes of its bytes. */
const changed = fc
  .tuple(
    fc.constantFrom(...known),
    fc.array(
      fc.record({
        at: fc.nat(400),
        kind: fc.constantFrom("replace", "insert", "delete"),
        byte: fc.oneof(fc.constantFrom(...Buffer.from("\r\n :;,0123\t\0")), fc.nat(255)),
      }),
      { maxLength: 2 },
    ),
  )
  .map(([bytes, changes]) => {
    const list = [...bytes]
    for (const { at, kind, byte } of changes) {
      const place = at % (list.length + 1)
      list.splice(place, kind === "insert" ? 0 : 1, ...(kind === "delete" ? [] : [byte]))
    }
    return Buffer.from(list)
  })

test("in any pieces, and after any change, an accepted answer is the one that undici reads", async () => {
  const cuts = fc.array(fc.nat(400), { maxLength: 4 })
  await fc.assert(
    fc.asyncProperty(changed, cuts, async (bytes, places) => {
      const sorted = [0, ...places.map((at) => at % (bytes.length + 1)), bytes.length].toSorted(
        (a, b) => a - b,
      )
      const sent = sorted.slice(1).map((end, index) => bytes.subarray(sorted[index], end))
      const found = await answerBy(
        createDirect,
        sent.filter((piece) => piece.length > 0),
      )
      if (found !== "failed") expect(await answerBy(createUndici, [bytes])).toEqual(found)
    }),
    { numRuns: 300 },
  )
})

test("every known answer is accepted byte by byte", async () => {
  for (const bytes of known) {
    const single = [...bytes].map((byte) => Buffer.from([byte]))
    const found = await answerBy(createDirect, single)
    expect(found).not.toBe("failed")
    expect(await answerBy(createUndici, [bytes])).toEqual(found)
  }
})
