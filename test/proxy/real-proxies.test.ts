import { once } from "node:events"
import { readFileSync } from "node:fs"
import { createServer, type Socket } from "node:net"
import { join } from "node:path"
import { beforeEach, describe, expect, test } from "vitest"
import { proxyConfiguration, type ProxyName } from "../../src/proxy/index.js"
import { freePort, portOf } from "../support/free-port.js"
import { requireServer } from "../support/real-servers.js"
import { untilTrue } from "../support/waiting.js"
import { BotsBehind, unknownHost } from "./bots-behind.js"
import { certificateFor } from "./exchange.js"
import { programOf, startProxy } from "../support/real-proxy.js"

const proxies: readonly ProxyName[] = ["haproxy", "nginx", "caddy", "apache"]

/** Sends two messages to each bot. Returns the texts that each bot has heard. */
async function writeToAll({ telegram, bots }: BotsBehind): Promise<string[][]> {
  const ada = telegram.user()
  for (const [index, { account }] of bots.entries()) {
    for (const round of [1, 2]) await ada.send(account, `to ${index + 1}, ${round}`)
  }
  await untilTrue(() => bots.every(({ heard }) => heard.length >= 2))
  return bots.map(({ heard }) => heard)
}

/** Sends a message to a bot whose name is not in the proxy's configuration. Returns Telegram's error. */
async function writeToUnknown({ telegram, folder }: BotsBehind): Promise<string | undefined> {
  const stranger = telegram.bot()
  const form = new FormData()
  form.set("url", `https://${unknownHost}/hook`)
  const pem = readFileSync(join(folder, `${unknownHost}.pem`), "utf8")
  form.set("certificate", new Blob([pem.slice(0, pem.indexOf("-----BEGIN PRIVATE"))]), "cert.pem")
  const set = `${telegram.apiRoot}/bot${stranger.token}/setWebhook`
  await fetch(set, { method: "POST", body: form })
  await telegram.user().send(stranger, "anybody there?")
  await untilTrue(async () => (await lastError(telegram.apiRoot, stranger.token)) !== undefined)
  return lastError(telegram.apiRoot, stranger.token)
}

async function lastError(apiRoot: string, token: string): Promise<string | undefined> {
  const answer = await fetch(`${apiRoot}/bot${token}/getWebhookInfo`)
  // The simulator's own answer.
  const { result } = (await answer.json()) as { result: { last_error_message?: string } }
  return result.last_error_message
}

describe.each(proxies)("%s terminates TLS", (name) => {
  beforeEach((context) => void requireServer(programOf(name), context))

  test("every update reaches its bot, by name and by path, over TCP and a unix socket", async (context) => {
    await using setup = await BotsBehind.open()
    await setup.startAll()
    const configuration = proxyConfiguration(name, setup.options(name))
    await using proxy = await startProxy(name, context, { ...setup, configuration })
    expect(await writeToAll(setup), proxy.output).toEqual([
      ["to 1, 1", "to 1, 2"],
      ["to 2, 1", "to 2, 2"],
      ["to 3, 1", "to 3, 2"],
    ])
    expect(setup.telegram.deliveries.filter(({ outcome }) => outcome !== "delivered")).toEqual([])
  })

  test("an unknown name is refused in the handshake, and no bot receives it", async (context) => {
    await using setup = await BotsBehind.open()
    await setup.startAll()
    const configuration = proxyConfiguration(name, setup.options(name))
    await using _ = await startProxy(name, context, { ...setup, configuration })
    expect(await writeToUnknown(setup)).toMatch(/^SSL error/)
    expect(setup.bots.flatMap(({ heard }) => heard)).toEqual([])
  })
})

describe.each(["haproxy", "nginx"] as const)("%s passes TLS on", (name) => {
  beforeEach((context) => void requireServer(programOf(name), context))

  test("every update reaches its bot by name, over TCP and a unix socket", async (context) => {
    await using setup = await BotsBehind.open()
    await setup.startAll(true)
    const configuration = proxyConfiguration(name, setup.options(name, { passthrough: true }))
    await using proxy = await startProxy(name, context, { ...setup, configuration })
    expect(await writeToAll(setup), proxy.output).toEqual([
      ["to 1, 1", "to 1, 2"],
      ["to 2, 1", "to 2, 2"],
    ])
  })

  test("an unknown name is cut off", async (context) => {
    await using setup = await BotsBehind.open()
    await setup.startAll(true)
    const configuration = proxyConfiguration(name, setup.options(name, { passthrough: true }))
    await using _ = await startProxy(name, context, { ...setup, configuration })
    const { host } = setup.bots[0]?.behind ?? { host: "" }
    expect(await certificateFor(setup.port, host)).toBe(`CN=${host}`)
    expect(await certificateFor(setup.port, unknownHost)).toBeUndefined()
    expect(await certificateFor(setup.port, "")).toBeUndefined()
  })

  test("the bot receives the client's address by the PROXY protocol, on request", async (context) => {
    await using setup = await BotsBehind.open()
    await using listener = await firstBytes()
    const options = setup.options(name, {
      bots: [{ host: "bot1.example.com", server: `127.0.0.1:${listener.port}` }],
      passthrough: true,
      proxyProtocol: true,
      stats: `127.0.0.1:${await freePort()}`,
    })
    const configuration = proxyConfiguration(name, options)
    await using _ = await startProxy(name, context, { ...setup, configuration })
    expect(await certificateFor(setup.port, "bot1.example.com")).toBeUndefined()
    expect(await listener.first).toMatch(/^(PROXY TCP4 127\.0\.0\.1 |\r\n\r\n\0\r\nQUIT\n!)/)
    expect((await fetch(`http://${options.stats}/health`)).status).toBe(200)
  })
})

/** Starts a server that reads the first bytes of a connection and closes it. */
async function firstBytes() {
  const server = createServer().listen(0, "127.0.0.1")
  await once(server, "listening")
  const first = once(server, "connection").then(async ([socket]: Socket[]) => {
    const [bytes] = ((await (socket && once(socket, "data"))) ?? []) as Buffer[] // as sockets do
    socket?.destroy()
    return bytes?.toString("latin1") ?? ""
  })
  return {
    port: portOf(server),
    first,
    [Symbol.asyncDispose]: async () => void server.close(),
  }
}
