import { once } from "node:events"
import { createServer } from "node:http"
import { connect } from "node:net"
import { expect, test } from "vitest"
import { portOf } from "../support/free-port.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { BotApiServer } from "./bot-api-server.js"

/** Starts an HTTP proxy without a limit of connections. */
async function startProxy() {
  const proxy = createServer().on("connect", (request, client) => {
    const target = connect(Number(request.url?.split(":")[1]), "127.0.0.1", () => {
      client.write("HTTP/1.1 200 Connected\r\n\r\n")
      target.pipe(client).pipe(target)
    })
    client.on("error", () => target.destroy()).on("close", () => target.destroy())
    target.on("error", () => client.destroy())
  })
  proxy.listen(0, "127.0.0.1")
  await once(proxy, "listening")
  return {
    url: `http://127.0.0.1:${portOf(proxy)}`,
    async [Symbol.asyncDispose]() {
      proxy.close()
      await once(proxy, "close")
    },
  }
}

test("the polls of many bots keep no other call waiting behind a proxy", async () => {
  const gate = deferred()
  await using server = await BotApiServer.start(async ({ method }) => {
    if (method === "getUpdates") await gate.promise
    return { result: true }
  })
  await using proxy = await startProxy()
  await using bot = server.bot({ proxy: proxy.url, timeoutMs: 60_000 })
  const polls = Array.from({ length: 300 }, () => bot.call("getUpdates"))
  await untilTrue(() => server.received.length >= 256)
  expect(await bot.getMe()).toBe(true)
  await untilTrue(() => server.received.length === 301)
  gate.resolve()
  await Promise.all(polls)
})
