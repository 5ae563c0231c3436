import { fork } from "node:child_process"
import { once } from "node:events"
import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises"
import { createServer as createTcpServer } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Webhook } from "../../src/webhook/webhook.js"
import { WebhookServer } from "../../src/node-server/webhook-server.js"
import { portOf } from "../support/free-port.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { RawClient, requestText, secret } from "../support/raw-client.js"
import { RecordingQueue } from "../support/recording-queue.js"
import { Served } from "../support/served-webhook.js"

const served = Served.forEachTest()
let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sounder-"))
})

afterEach(async () => {
  await rm(folder, { recursive: true, force: true })
})

function another(path: string, queue = new RecordingQueue()): Webhook {
  return new Webhook({ botId: 8, queue, path, secretToken: secret })
}

async function askSocket(path: string) {
  const client = await RawClient.open({ path })
  client.send(requestText('{"update_id":1}'))
  const answer = await client.answer()
  client.destroy()
  return answer
}

const get = (path: string) => `GET ${path} HTTP/1.1\r\nHost: example.com\r\n\r\n`

describe("the routes of a server", () => {
  test("each lead to their webhook, also if they are added while the server runs", async () => {
    const queue = new RecordingQueue()
    served.server.add(another("other", queue))
    expect((await served.ask(requestText('{"update_id":1}'))).status).toBe(200)
    expect((await served.ask(requestText('{"update_id":2}', { path: "/other" }))).status).toBe(200)
    expect(served.queue.puts).toEqual([{ botId: 7, update: { update_id: 1 } }])
    expect(queue.puts).toEqual([{ botId: 8, update: { update_id: 2 } }])
  })

  test("are answered with 404 after their removal", async () => {
    const webhook = another("other")
    served.server.add(webhook)
    served.server.remove(webhook)
    expect((await served.ask(requestText('{"update_id":2}', { path: "/other" }))).status).toBe(404)
  })

  test.each(["hook", "/hook"])("cannot contain the path %s twice", (path) => {
    expect(() => served.server.add(another(path))).toThrow(/another webhook of the server has it/)
  })

  test("require a path", () => {
    const webhook = new Webhook({ botId: 8, queue: new RecordingQueue(), secretToken: secret })
    expect(() => served.server.add(webhook)).toThrow(TypeError)
  })
})

describe("the health path", () => {
  test("answers GET with 200", async () => {
    expect(await served.ask(get("/health"))).toMatchObject({ status: 200, body: "ok\n" })
    expect((await served.ask(requestText("{}", { path: "/health" }))).status).toBe(404)
  })

  test("can be changed or turned off", async () => {
    await served.start({ healthPath: "up" })
    expect((await served.ask(get("/up"))).status).toBe(200)
    expect((await served.ask(get("/health"))).status).toBe(404)
    await served.start({ healthPath: false })
    expect((await served.ask(get("/health"))).status).toBe(404)
  })
})

describe("a server that closes", () => {
  test("answers requests in flight, and then closes their connections", async () => {
    const handled = deferred()
    served.queue.answer = () => handled.promise
    const client = await served.open()
    client.send(requestText('{"update_id":1}'))
    await untilTrue(() => served.queue.puts.length === 1)
    const closed = served.server.close()
    handled.resolve()
    expect(await client.answer()).toMatchObject({ status: 200, headers: { connection: "close" } })
    await client.closed()
    await closed
  })

  test("closes idle and silent connections at once", async () => {
    const idle = await served.open()
    idle.send(requestText('{"update_id":1}'))
    await idle.answer()
    const silent = await served.open()
    await served.server.close()
    await Promise.all([idle.closed(), silent.closed()])
    expect(served.server.address).toBeUndefined()
  })

  test("cuts off unanswered requests at its deadline", async () => {
    served.queue.answer = () => new Promise(() => {})
    const client = await served.open()
    client.send(requestText('{"update_id":1}'))
    await untilTrue(() => served.queue.puts.length === 1)
    await served.server.close({ deadlineMs: 20 })
    await client.closed()
    expect(client.unread).toBe("")
  })

  test("accepts no more connections", async () => {
    const { port = 0 } = served.server.address ?? {}
    await served.server.close()
    await expect(RawClient.open({ host: "127.0.0.1", port })).rejects.toThrow("ECONNREFUSED")
  })

  test("can be started and closed repeatedly", async () => {
    for (const id of [1, 2, 3]) {
      await served.server.close()
      await served.server.close()
      await served.server.start()
      await served.server.start()
      expect((await served.ask(requestText(`{"update_id":${id}}`))).status).toBe(200)
    }
    expect(served.queue.ids).toEqual([1, 2, 3])
  })

  test("can be started while it closes", async () => {
    const closed = served.server.close()
    await served.server.start()
    await closed
    expect((await served.ask(requestText('{"update_id":1}'))).status).toBe(200)
  })
})

describe("a server that was not started explicitly", () => {
  test("opens with its first webhook and closes with the last", async () => {
    const server = new WebhookServer({ port: 0 })
    const [first, second] = [another("first"), another("second")]
    await server.open(first)
    await server.open(second)
    await server.release(first)
    expect(server.address).toBeDefined()
    await server.release(second)
    expect(server.address).toBeUndefined()
  })

  test("stays open if it was started explicitly", async () => {
    const server = new WebhookServer({ port: 0 })
    await server.start()
    const webhook = another("first")
    await server.open(webhook)
    await server.release(webhook)
    expect(server.address).toBeDefined()
    await server.close()
  })
})

describe("a unix socket", () => {
  test("is served, and removed when the server has closed", async () => {
    const path = join(folder, "bot.sock")
    await served.start({ listen: `unix:${path}`, port: undefined })
    expect(served.server.address).toEqual({
      protocol: "http",
      host: "",
      port: 0,
      socketPath: path,
    })
    expect((await askSocket(path)).status).toBe(200)
    await served.server.close()
    await expect(stat(path)).rejects.toThrow("ENOENT")
  })

  test("of a dead server is replaced", async () => {
    const path = join(folder, "bot.sock")
    await leaveSocketBehind(path)
    expect((await stat(path)).isSocket()).toBe(true)
    await served.start({ listen: `unix:${path}`, port: undefined })
    expect((await askSocket(path)).status).toBe(200)
  })

  test("of a running server is kept", async () => {
    const path = join(folder, "bot.sock")
    await served.start({ listen: `unix:${path}`, port: undefined })
    const second = new WebhookServer({ listen: `unix:${path}` })
    await expect(second.start()).rejects.toMatchObject({
      code: "listen-failed",
      message: expect.stringContaining("another server listens there"),
    })
    expect((await askSocket(path)).status).toBe(200)
  })

  test("does not replace another kind of file", async () => {
    const path = join(folder, "precious.txt")
    await writeFile(path, "precious")
    const server = new WebhookServer({ listen: `unix:${path}` })
    await expect(server.start()).rejects.toMatchObject({ code: "listen-failed" })
    expect((await stat(path)).isFile()).toBe(true)
  })

  test("in a missing folder is refused with advice", async () => {
    const server = new WebhookServer({ listen: `unix:${join(folder, "no", "bot.sock")}` })
    await expect(server.start()).rejects.toThrow(
      /folder does not exist, or this process may not write/,
    )
  })

  test("in a folder without write permission is refused with advice", async (context) => {
    if (process.getuid?.() === 0) context.skip("root may write everywhere")
    await mkdir(join(folder, "locked"))
    await chmod(join(folder, "locked"), 0o500)
    const server = new WebhookServer({ listen: `unix:${join(folder, "locked", "bot.sock")}` })
    await expect(server.start()).rejects.toThrow(
      /folder does not exist, or this process may not write/,
    )
  })
})

describe("a server that cannot listen gives advice", () => {
  test("when the port is in use", async () => {
    const other = createTcpServer().listen(0, "127.0.0.1")
    await once(other, "listening")
    const server = new WebhookServer({ port: portOf(other) })
    await expect(server.start()).rejects.toMatchObject({
      name: "SounderError",
      code: "listen-failed",
      message: `Cannot listen on 127.0.0.1 port ${portOf(other)}: another program listens there. Stop it or choose another \`port\``,
      cause: { code: "EADDRINUSE" },
    })
    other.close()
    await once(other, "close")
    await server.start()
    await server.close()
  })

  test("when this machine does not have the address", async () => {
    const server = new WebhookServer({ listen: "192.0.2.1", port: 0 })
    await expect(server.start()).rejects.toThrow(/no such address\. Set `listen` to 0\.0\.0\.0/)
  })

  test("when the port requires a permission", async (context) => {
    if (process.getuid?.() === 0) context.skip("root may listen on any port")
    const server = new WebhookServer({ port: 1 })
    await expect(server.start()).rejects.toThrow(
      /may not listen on this port\. Choose a `port` above 1023/,
    )
  })

  test.each([
    [{ port: -1 }, "`port`"],
    [{ port: 65_536 }, "`port`"],
    [{ listen: "" }, "`listen`"],
    [{ listen: "unix:" }, "`listen`"],
    [{ listen: "unix:/tmp/x", port: 80 }, "`port`"],
    [{ maxSockets: 0 }, "`maxSockets`"],
    [{ requestTimeoutMs: -1 }, "`requestTimeoutMs`"],
    [{ key: "private.key" }, "`cert`"],
  ])("when its option is %o", (options, name) => {
    expect(() => new WebhookServer(options)).toThrow(TypeError)
    expect(() => new WebhookServer(options)).toThrow(name)
  })
})

/** Starts a process that listens, and kills it. */
async function leaveSocketBehind(path: string): Promise<void> {
  const script = `require("net").createServer().listen(${JSON.stringify(path)}, () => process.send(1))`
  const file = join(folder, "listen.cjs")
  await writeFile(file, script)
  const child = fork(file)
  await once(child, "message")
  child.kill("SIGKILL")
  await once(child, "exit")
}
