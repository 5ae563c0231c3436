import { createSecureServer } from "node:http2"
import { brotliCompressSync } from "node:zlib"
import { describe, expect, test } from "vitest"
import { MemoryQueue } from "../../src/queue/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { parseUpdate } from "../../src/telegram/parse-update.js"
import { expectNamedAndFixed, type SetUp } from "./set-up.js"
import { host } from "../support/doctor-stage.js"

const noAnswer = { timeoutMs: 1_500 }

const setUps: readonly SetUp[] = [
  {
    name: "a port that Telegram does not call",
    code: "url-port",
    async arrange(stage) {
      await stage.startBot()
      const hosts = { [`${host}:5000`]: `127.0.0.1:${stage.port}` }
      const where = { hosts: { ...hosts, [`${host}:8443`]: `127.0.0.1:${stage.port}` } }
      stage.telegram.setHost(`${host}:8443`, `127.0.0.1:${stage.port}`)
      const urlAfter = `https://${host}:8443/hook`
      return {
        url: `https://${host}:5000/hook`,
        options: { ...where, withoutBot: true },
        fix: () => stage.register({ url: urlAfter }),
        urlAfter,
        optionsAfter: { withoutBot: false },
      }
    },
  },
  {
    name: "a closed port",
    code: "connection-refused",
    arrange: async (stage) => {
      await stage.register()
      return { isWrittenTo: true, advice: /Start the bot/, fix: () => stage.startBot() }
    },
  },
  {
    name: "a server that listens on 127.0.0.1 only",
    code: "listens-locally",
    async arrange(stage) {
      const outside = `127.0.0.2:${stage.port}`
      stage.telegram.setHost(`${host}:443`, outside)
      const updater = await stage.startBot({ listen: "127.0.0.1" })
      return {
        isWrittenTo: true,
        options: { hosts: { [`${host}:443`]: outside } },
        advice: /listen: "0.0.0.0"/,
        async fix() {
          await updater.stop()
          await stage.startBot({ listen: "0.0.0.0" })
        },
      }
    },
  },
  {
    name: "plain HTTP on the port",
    code: "plain-http",
    async arrange(stage) {
      const updater = await stage.startBot({ tls: false })
      return {
        isWrittenTo: true,
        advice: /`key` and `cert`/,
        async fix() {
          await updater.stop()
          await stage.startBot()
        },
      }
    },
  },
  {
    name: "a wrong path",
    code: "wrong-path",
    async arrange(stage) {
      const updater = await stage.startBot({ urlPath: "hooks" })
      return {
        isWrittenTo: true,
        advice: /urlPath/,
        async fix() {
          await updater.stop()
          await stage.startBot()
        },
      }
    },
  },
  {
    name: "a secret that the bot does not take",
    code: "wrong-secret",
    async arrange(stage) {
      await stage.startBot()
      await stage.register({ secretToken: "another" })
      return {
        isWrittenTo: true,
        options: { secretToken: "another" },
        advice: /the same secret/,
        fix: () => stage.register(),
        optionsAfter: { secretToken: stage.secret },
      }
    },
  },
  {
    name: "a secret that Telegram has wrong, seen by what Telegram says",
    code: "wrong-secret",
    async arrange(stage) {
      await stage.startBot()
      await stage.register({ secretToken: "another" })
      return {
        isWrittenTo: true,
        advice: /Register the webhook again/,
        fix: () => stage.register(),
      }
    },
  },
  {
    name: "a server that answers 500",
    code: "server-error",
    async arrange(stage) {
      let status = 500
      const pair = stage.right
      await stage.serve((_, response) => void response.writeHead(status).end(), { pair })
      await stage.register()
      return { isWrittenTo: true, fix: async () => (status = 200) }
    },
  },
  {
    name: "a server that fails on updates only",
    code: "server-error",
    async arrange(stage) {
      let status = 500
      const pair = stage.right
      await stage.serve(
        (request, response) => {
          const isUpdate = Number(request.headers["content-length"] ?? 0) > 2
          response.writeHead(isUpdate ? status : 200).end()
        },
        { pair },
      )
      await stage.register()
      return { isWrittenTo: true, fix: async () => (status = 200) }
    },
  },
  {
    name: "a server that does not answer",
    code: "no-answer",
    async arrange(stage) {
      let isSlow = true
      await stage.serve(
        (_, response) => {
          if (!isSlow) response.end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { options: noAnswer, fix: async () => (isSlow = false) }
    },
  },
  {
    name: "HTTP/2 only",
    code: "http2-only",
    async arrange(stage) {
      const server = createSecureServer(stage.right, (_, response) => response.end())
      server.on("session", (session) => session.on("error", () => {}))
      await stage.listen(server)
      await stage.register()
      return {
        advice: /allowHTTP1/,
        async fix() {
          await stage.close(server)
          const both = { ...stage.right, allowHTTP1: true, settings: {} }
          await stage.listen(createSecureServer(both, (_, response) => response.end()))
        },
      }
    },
  },
  {
    name: "an answer with brotli",
    code: "answer-encoding",
    async arrange(stage) {
      let encoding = "br"
      const body = brotliCompressSync("taken")
      await stage.serve(
        (_, response) => {
          if (encoding === "") response.end("taken")
          else response.writeHead(200, { "content-encoding": encoding }).end(body)
        },
        { pair: stage.right },
      )
      await stage.register()
      return { isWrittenTo: true, fix: async () => (encoding = "") }
    },
  },
  {
    name: "Node's keep-alive of 5 s",
    code: "keep-alive-too-short",
    async arrange(stage) {
      const server = await stage.serve((_, response) => void response.end(), { pair: stage.right })
      server.keepAliveTimeout = 5_000
      await stage.register()
      return { advice: /keepAliveTimeout/, fix: async () => (server.keepAliveTimeout = 75_000) }
    },
  },
  {
    name: "a keep-alive that is short and not announced, watched",
    code: "keep-alive-too-short",
    async arrange(stage) {
      const server = await stage.serve(
        (_, response) => {
          response.setHeader("keep-alive", "")
          response.removeHeader("keep-alive")
          response.writeHead(200, { connection: "keep-alive" }).end()
        },
        { pair: stage.right },
      )
      server.keepAliveTimeout = 100
      await stage.register()
      return { options: { idleMs: 5_000 }, fix: async () => (server.keepAliveTimeout = 75_000) }
    },
  },
  {
    name: "a connection that is closed after each answer",
    code: "connection-close",
    async arrange(stage) {
      let connection = "close"
      await stage.serve(
        (_, response) => {
          response.writeHead(200, connection === "" ? {} : { connection }).end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { isWrittenTo: true, fix: async () => (connection = "") }
    },
  },
  {
    name: "early hints",
    code: "interim-response",
    async arrange(stage) {
      let isEarly = true
      await stage.serve(
        (_, response) => {
          if (isEarly) response.writeEarlyHints({ link: "</style.css>; rel=preload" })
          response.end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { fix: async () => (isEarly = false) }
    },
  },
  {
    name: "a server that closes without an answer",
    code: "connection-cut",
    async arrange(stage) {
      let isCut = true
      await stage.serve(
        (request, response) => {
          if (isCut) request.socket.destroy()
          else response.end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { fix: async () => (isCut = false) }
    },
  },
  {
    name: "a web page in place of the bot",
    code: "not-the-bot",
    async arrange(stage) {
      let isPage = true
      await stage.serve(
        (request, response) => {
          const isRefused = isPage && request.method === "POST"
          response.writeHead(isRefused ? 405 : 200, isRefused ? { allow: "GET" } : {}).end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { isWrittenTo: true, fix: async () => (isPage = false) }
    },
  },
  {
    name: "a body limit of 100 kB, as express.json() has it",
    code: "body-limit",
    async arrange(stage) {
      let limit = 100_000
      await stage.serve(
        (request, response) => {
          const isLong = Number(request.headers["content-length"] ?? 0) > limit
          request.resume()
          response.writeHead(isLong ? 413 : 200).end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { advice: /express\.json\(\{ limit: "1mb" \}\)/, fix: async () => (limit = 1_048_576) }
    },
  },
  {
    name: "a clock that is an hour fast",
    code: "server-clock-wrong",
    async arrange(stage) {
      let offMs = 3_600_000
      await stage.serve(
        (_, response) => {
          response.setHeader("date", new Date(Date.now() + offMs).toUTCString())
          response.end()
        },
        { pair: stage.right },
      )
      await stage.register()
      return { advice: /timedatectl/, fix: async () => (offMs = 0) }
    },
  },
  {
    name: "a clock of this machine that is two days slow",
    code: "clock-wrong",
    async arrange(stage) {
      await stage.startBot()
      const now = () => new Date(Date.now() - 2 * 86_400_000)
      const bot = await stage.botBehindFront()
      return { options: { now, bot }, fix: async () => {}, optionsAfter: { now: () => new Date() } }
    },
  },
  {
    name: "a server that asks for no secret",
    code: "secret-not-checked",
    async arrange(stage) {
      let isOpen = true
      await stage.serve(
        (request, response) => {
          const isRight = request.headers["x-telegram-bot-api-secret-token"] === "a-secret"
          response.writeHead(isOpen || isRight ? 200 : 401).end()
        },
        { pair: stage.right },
      )
      await stage.register({ secretToken: "a-secret" })
      return { options: { secretToken: "a-secret" }, fix: async () => (isOpen = false) }
    },
  },
  {
    name: "a queue that is full",
    code: "not-ready",
    async arrange(stage) {
      const queue = new MemoryQueue({ capacity: 1 })
      const { right: pair, port, secret: secretToken, bot } = stage
      const server = stage.use(new WebhookServer({ listen: "127.0.0.1", port, ...pair }))
      server.add(new Webhook({ botId: bot.id, queue, path: "hook", secretToken }))
      await server.start()
      const first = queue.put({ botId: bot.id, update: parseUpdate('{"update_id":1}') })
      await stage.register()
      return {
        isWrittenTo: true,
        async fix() {
          const end = new AbortController()
          stage.use({ [Symbol.asyncDispose]: async () => end.abort() })
          void handleAll(queue, end.signal)
          await first
        },
      }
    },
  },
]

describe("the doctor names the fault and nothing else, and has no finding after the fix", () => {
  test.for(setUps)("$name", expectNamedAndFixed)
})

async function handleAll(queue: MemoryQueue, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const delivery = await Promise.resolve(queue.take(signal)).catch(() => undefined)
    // A closed queue refuses every call.
    if (!delivery) return
    await delivery.done()
  }
}

test("each set-up has its own name", () => {
  expect(new Set(setUps.map(({ name }) => name)).size).toBe(setUps.length)
})
