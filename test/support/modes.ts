import { createServer, type Server } from "node:http"
import { connect, createServer as createTcpServer, type Socket } from "node:net"
import { once } from "node:events"
import { mkdtemp } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { pipeline } from "node:stream"
import { createCertificate } from "../../src/certificate/index.js"
import { Dispatcher, type StopVerdict } from "../../src/dispatch/index.js"
import type { Bot } from "../../src/bot/index.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { parseUpdate } from "../../src/telegram/parse-update.js"
import { Updater } from "../../src/updater.js"
import { freePort, portOf } from "./free-port.js"

/** A bot of one mode. */
export interface RunningBot {
  readonly dispatcher: Dispatcher
  start(): Promise<void>
  stop(options?: { deadlineMs?: number }): Promise<StopVerdict>
  /** Closes the resources that survive a stop. */
  close(): Promise<void>
}

/** A way of receiving updates, set up but not started. */
export interface Mode {
  readonly name: string
  open(bot: Bot): Promise<RunningBot>
}

export const modes: readonly Mode[] = [
  {
    name: "polling",
    async open(bot) {
      const updater = new Updater({ bot })
      return withUpdater(updater, () => updater.startPolling())
    },
  },
  {
    name: "webhook over HTTP",
    async open(bot) {
      return webhookOverHttp(new Updater({ bot }))
    },
  },
  {
    name: "webhook over TLS",
    async open(bot) {
      const updater = new Updater({ bot })
      const port = await freePort()
      const webhookUrl = `https://127.0.0.1:${port}/hook`
      const { key, cert } = await createCertificate("127.0.0.1")
      return withUpdater(updater, () =>
        updater.startWebhook({ listen: "127.0.0.1", port, urlPath: "hook", key, cert, webhookUrl }),
      )
    },
  },
  {
    name: "unix socket behind a proxy",
    async open(bot) {
      const updater = new Updater({ bot })
      const path = join(await mkdtemp(join(tmpdir(), "sounder-")), "bot.sock")
      const proxy = await tcpToUnix(path)
      const webhookUrl = `http://127.0.0.1:${proxy.port}/hook`
      const running = withUpdater(updater, () =>
        updater.startWebhook({ listen: `unix:${path}`, urlPath: "hook", webhookUrl }),
      )
      return { ...running, close: proxy.close }
    },
  },
  { name: "custom server", open: customServer },
  ...modesInto("SQLite", sqliteQueue),
]

/** Returns polling, and a webhook over HTTP, with a queue in a store, which is closed after the stop. */
export function modesInto(
  store: string,
  openQueue: () => UpdateQueue | Promise<UpdateQueue>,
): readonly Mode[] {
  const openWith =
    (run: (updater: Updater) => RunningBot | Promise<RunningBot>) => async (bot: Bot) => {
      const queue = await openQueue()
      const running = await run(new Updater({ bot, queue }))
      return { ...running, close: async () => queue[Symbol.asyncDispose]() }
    }
  return [
    {
      name: `polling, into ${store}`,
      open: openWith((updater) => withUpdater(updater, () => updater.startPolling())),
    },
    { name: `webhook over HTTP, into ${store}`, open: openWith(webhookOverHttp) },
  ]
}

async function webhookOverHttp(updater: Updater): Promise<RunningBot> {
  const port = await freePort()
  const webhookUrl = `http://127.0.0.1:${port}/hook`
  return withUpdater(updater, () =>
    updater.startWebhook({ listen: "127.0.0.1", port, urlPath: "hook", webhookUrl }),
  )
}

/** Returns the bot of an updater that `start` starts. */
function withUpdater(updater: Updater, start: () => Promise<unknown>): RunningBot {
  return {
    dispatcher: updater.dispatcher,
    start: async () => void (await start()),
    stop: (options) => updater.stop(options),
    close: async () => {},
  }
}

async function customServer(bot: Bot): Promise<RunningBot> {
  const queue = new MemoryQueue()
  const dispatcher = new Dispatcher({ bot, queue })
  let server: Server | undefined
  return {
    dispatcher,
    async start() {
      server = createServer((request, response) => {
        const chunks: Buffer[] = []
        request.on("data", (chunk: Buffer) => chunks.push(chunk))
        request.on("end", () => {
          queue.put({ botId: bot.id, update: parseUpdate(Buffer.concat(chunks)) }).then(
            () => response.writeHead(200).end(),
            () => response.writeHead(503, { "Retry-After": "1" }).end(),
          )
        })
      }).listen(0, "127.0.0.1")
      await once(server, "listening")
      dispatcher.start()
      await bot.setWebhook({ url: `http://127.0.0.1:${portOf(server)}/hook` })
    },
    async stop(options) {
      const closed = server && new Promise((resolve) => server?.close(resolve))
      const verdict = await dispatcher.stop(options)
      server?.closeIdleConnections()
      await bot.deleteWebhook()
      server?.closeAllConnections()
      await closed
      return verdict
    },
    close: async () => {},
  }
}

async function sqliteQueue(): Promise<SqliteQueue> {
  return new SqliteQueue({ path: join(await mkdtemp(join(tmpdir(), "sounder-")), "updates.db") })
}

/** Starts a proxy from TCP to a unix socket, which passes bytes through. */
async function tcpToUnix(path: string): Promise<{ port: number; close: () => Promise<void> }> {
  const clients = new Set<Socket>()
  const server = createTcpServer((client) => {
    clients.add(client)
    // Either side's end ends the other; errors are of no interest to the proxy.
    pipeline(client, connect(path), client, () => clients.delete(client))
  }).listen(0, "127.0.0.1")
  await once(server, "listening")
  return {
    port: portOf(server),
    async close() {
      server.close()
      for (const client of clients) client.destroy()
      await once(server, "close")
    },
  }
}
