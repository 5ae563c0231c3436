import { once } from "node:events"
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http"
import { connect } from "node:net"
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest"
import { parseUpdate } from "../../src/telegram/parse-update.js"
import { portOf } from "../support/free-port.js"
import { requestText, secret } from "../support/raw-client.js"
import { Served } from "../support/served-webhook.js"

/** Set `FUZZ_RUNS` for a long run, and `FUZZ_SEED` to repeat a failed one. */
const runs = Number(process.env.FUZZ_RUNS ?? 150)
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000)

const served = Served.forEachTest()
let bare: Server

beforeAll(async () => {
  bare = createServer({ maxHeaderSize: 16_384, noDelay: true }, plainly).listen(0, "127.0.0.1")
  bare.maxHeadersCount = 0
  bare.on("checkContinue", plainly)
  await once(bare, "listening")
})
afterAll(async () => {
  bare.closeAllConnections()
  bare.close()
  await once(bare, "close")
})
beforeEach(() => served.start({ maxSockets: 100 }))
afterEach(() => bare.closeAllConnections())

/** The checks of the webhook, in a simple form. */
function plainly(request: IncomingMessage, response: ServerResponse): void {
  const refusal = plainRefusal(request)
  if (refusal !== undefined) {
    // The page is created while the rest of the input is read.
    if (refusal === 200) queueMicrotask(() => refuse(request, response, refusal))
    else refuse(request, response, refusal)
    return
  }
  if (request.headers.expect !== undefined) response.writeContinue()
  const chunks: Buffer[] = []
  request.on("data", (chunk: Buffer) => chunks.push(chunk))
  request.on("end", () => {
    setImmediate(() => response.writeHead(isUpdate(Buffer.concat(chunks)) ? 200 : 400).end())
  })
}

function refuse(request: IncomingMessage, response: ServerResponse, status: number): void {
  const { "content-length": length, "transfer-encoding": coding } = request.headers
  const isLong = length === undefined ? coding !== undefined : Number(length) > 1_048_576
  const isHidden = request.rawHeaders.length >= 2000
  if (!request.complete && (isLong || isHidden)) response.setHeader("connection", "close")
  response.writeHead(status).end()
}

function isUpdate(body: Buffer): boolean {
  try {
    parseUpdate(body)
    return true
  } catch {
    return false
  }
}

function plainRefusal({ method, url = "", headers }: IncomingMessage): number | undefined {
  const path = url.split(/[?#]/)[0]
  if (["/health", "/ready"].includes(path ?? "") && (method === "GET" || method === "HEAD"))
    return 200
  if (path !== "/hook") return 404
  if (method !== "POST") return 405
  if (headers["x-telegram-bot-api-secret-token"] !== secret) return 401
  const { "content-type": type = "", "content-encoding": encoding = "identity" } = headers
  const isJson = /^application\/json\s*(;\s*charset\s*=\s*"?utf-?8"?\s*)?;?$/i.test(type)
  if (!isJson || encoding.toLowerCase() !== "identity") return 415
  return Number(headers["content-length"] ?? 0) > 1_048_576 ? 413 : undefined
}

/** Random numbers determined by a seed. */
class Random {
  #state: number

  constructor(start: number) {
    this.#state = start * 2_654_435_761 + 1
  }

  below(limit: number): number {
    this.#state = (Math.imul(this.#state, 1_664_525) + 1_013_904_223) | 0
    return Math.floor(((this.#state >>> 8) / 2 ** 24) * limit)
  }

  of<T>(values: readonly T[]): T {
    return values[this.below(values.length)] as T // the list is never empty
  }
}

/** Byte sequences on which HTTP parsers are known to differ. */
const tokens = [
  ...["\r\n", "\n", "\r", "\0", " ", "\t", ":", ",", "\r\n\r\n", "0\r\n\r\n", "5\r\nhello\r\n"],
  ...["Content-Length: 0\r\n", "Content-Length: 7\r\n", "Content-Length: +7\r\n"],
  ...[
    "Transfer-Encoding: chunked\r\n",
    "Transfer-Encoding: identity\r\n",
    "Expect: 100-continue\r\n",
  ],
  ...["Content-Encoding: gzip\r\n", "Upgrade: h2c\r\nConnection: upgrade\r\n", "Host: other\r\n"],
  ...["X-Telegram-Bot-Api-Secret-Token: wrong\r\n", "Content-Type: text/plain\r\n", " folded\r\n"],
  ...[
    "GET",
    "HEAD",
    "CONNECT",
    "http://a/hook",
    "/hook?",
    "/hook#",
    "//hook",
    "HTTP/1.0",
    "HTTP/2.0",
  ],
  ...['{"update_id":1}', "\ufeff", "\u00ff", `a: ${"x".repeat(17_000)}\r\n`, "a:\r\n".repeat(1500)],
].map((token) => Buffer.from(token, "utf8"))

const seeds = [
  requestText('{"update_id":1}'),
  requestText("", { method: "GET", path: "/health" }),
  requestText("{}", { headers: { "X-Telegram-Bot-Api-Secret-Token": "wrong" } }),
  requestText("", { headers: { "Content-Length": null, "Transfer-Encoding": "chunked" } }) +
    'f\r\n{"update_id":1}\r\n0\r\n\r\n',
]

function mutated(random: Random): Buffer {
  let bytes = Buffer.from(random.of(seeds))
  if (random.below(4) === 0) bytes = Buffer.concat([bytes, Buffer.from(random.of(seeds))])
  for (let left = 1 + random.below(4); left > 0; left -= 1) {
    const at = random.below(bytes.length)
    const cut = random.of([0, 0, 1, 1, 4, 20])
    const between = random.below(2) === 0 ? random.of(tokens) : Buffer.from([random.below(256)])
    bytes = Buffer.concat([bytes.subarray(0, at), between, bytes.subarray(at + cut)])
  }
  return bytes
}

/** The answers to some bytes. */
interface Answers {
  readonly statuses: readonly number[]
  /** Whether the server has closed the connection. */
  readonly isClosed: boolean
}

/**
 * Returns the answers of a server until it has been quiet for `quietMs`, without those of 1xx. With `isLed`, the
 * connection begins with an update, whose answer is awaited.
 */
async function answersOf(
  port: number,
  { pieces, isLed }: { readonly pieces: readonly Buffer[]; readonly isLed: boolean },
  quietMs: number,
): Promise<Answers> {
  const socket = connect({ port, host: "127.0.0.1", noDelay: true })
  let text = ""
  let timer: NodeJS.Timeout | undefined
  let isClosed = false
  const quiet = new Promise<void>((resolve) => {
    const wait = () => {
      clearTimeout(timer)
      timer = setTimeout(resolve, quietMs)
    }
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1")
      wait()
    })
    socket.on("end", () => (isClosed = true)).on("error", () => (isClosed = true))
    socket.on("close", () => resolve())
    wait()
  })
  if (isLed) {
    socket.write(requestText('{"update_id":1}'))
    await once(socket, "data")
  }
  for (const piece of pieces) {
    socket.write(piece)
    await new Promise(setImmediate)
  }
  await quiet
  clearTimeout(timer)
  socket.destroy()
  const found = [...text.matchAll(/HTTP\/1\.1 ([2-5]\d\d)/g)].map(([, status]) => Number(status))
  // A request of HTTP/0.9 closes the connection, so that later answers may be missing.
  const count = isFirstOfHttp1(pieces) ? found.length : Number(isLed) + 1
  return { statuses: found.slice(0, count), isClosed }
}

/**
 * Returns true if two servers agree. Garbage closes the connection, so that answers to earlier requests may be lost.
 * `node:http` may send fewer of them before the 400 if it gets the bytes from the strict reader.
 */
function agree(ours: Answers, plain: Answers): boolean {
  if (String(ours.statuses) === String(plain.statuses)) return true
  if (!Served.readsStrictly || !ours.isClosed || !plain.isClosed) return false
  const isRefused = ours.statuses.at(-1) === 400
  if (isRefused && plain.statuses.at(-1) !== 400) return false
  const sent = isRefused ? ours.statuses.slice(0, -1) : ours.statuses
  return String(sent) === String(plain.statuses.slice(0, sent.length))
}

function isFirstOfHttp1(pieces: readonly Buffer[]): boolean {
  return /^\s*[A-Z]+ \S+ HTTP\/1\./.test(Buffer.concat(pieces).toString("latin1"))
}

function shown(bytes: Buffer): string {
  return JSON.stringify(bytes.toString("latin1")).replaceAll(/(x|a:\\r\\n){20,}/g, "…$1…")
}

function cutUp(bytes: Buffer, random: Random): Buffer[] {
  const size = random.of([bytes.length, bytes.length, 1 + random.below(100), 1])
  const count = Math.min(400, Math.ceil(bytes.length / size))
  const step = Math.ceil(bytes.length / count)
  return Array.from({ length: count }, (_, index) =>
    bytes.subarray(index * step, (index + 1) * step),
  )
}

test(
  `random requests are answered as by a plain server, and none breaks the server (FUZZ_SEED=${seed})`,
  { timeout: 120_000 + runs * 1000 },
  async () => {
    const random = new Random(seed)
    const port = served.server.address?.port ?? 0
    for (let run = 0; run < runs; run += 1) {
      const bytes = mutated(random)
      const pieces = cutUp(bytes, random)
      const isLed = random.below(2) === 0
      const both = async (sent: readonly Buffer[], quietMs: number) => {
        const [ours, plain] = await Promise.all([
          answersOf(port, { pieces: sent, isLed }, quietMs),
          answersOf(portOf(bare), { pieces: sent, isLed }, quietMs),
        ])
        return { ours, plain, isSame: agree(ours, plain) }
      }
      let found = await both(pieces, 30)
      // An answer and an error behind it may arrive in another order: a real difference remains.
      for (const quietMs of [400, 2_000]) {
        if (!found.isSame) found = await both(quietMs === 400 ? pieces : [bytes], quietMs)
      }
      if (!found.isSame) expect(found.ours, `run ${run}: ${shown(bytes)}`).toEqual(found.plain)
    }
    expect(served.queue.ids.every((id) => id === 1 || id === 11)).toBe(true)
    expect((await served.ask(requestText('{"update_id":2}'))).status).toBe(200)
  },
)
