import { describe, expect, test } from "vitest"
import { proxyConfiguration, type ProxyName } from "../../src/proxy/index.js"
import type { CallerOptions } from "../../src/node-server/client-address/callers.js"
import type { Skippable } from "../support/leave-out.js"
import { untilTrue } from "../support/waiting.js"
import { BotsBehind } from "./bots-behind.js"
import { startProxy } from "../support/real-proxy.js"

/** Sends a message to each bot. Returns the numbers of heard messages, and the statuses of the deliveries. */
async function writeThrough(
  name: ProxyName,
  context: Skippable,
  { passthrough = false, ...callers }: CallerOptions & { passthrough?: boolean },
) {
  await using setup = await BotsBehind.open()
  await setup.startAll(passthrough, callers)
  const more = passthrough ? { passthrough, proxyProtocol: true } : {}
  const configuration = proxyConfiguration(name, setup.options(name, more))
  await using _ = await startProxy(name, context, { ...setup, configuration })
  const ada = setup.telegram.user()
  for (const { account } of setup.bots) await ada.send(account, "hello")
  const { deliveries } = setup.telegram
  await untilTrue(
    () => new Set([...deliveries].map(({ botId }) => botId)).size === setup.bots.length,
  )
  const statuses = [...deliveries].map(({ status }) => status)
  return { heard: setup.bots.map(({ heard }) => heard.length), statuses: new Set(statuses) }
}

// The client's address in these tests is 127.0.0.1, which a bot on a unix socket can only have from the proxy.
describe.each(["haproxy", "nginx", "caddy", "apache"] as const)("%s terminates TLS", (name) => {
  test("and passes the client's address to the bots, over TCP and a unix socket", async (context) => {
    const callers = { trustedProxies: 1, allowFrom: ["127.0.0.1"] }
    const { heard } = await writeThrough(name, context, callers)
    expect(heard).toEqual([1, 1, 1])
  })

  test("and a client other than Telegram is refused by a bot that permits only Telegram", async (context) => {
    const callers = { trustedProxies: 1, allowFrom: ["telegram"] }
    const { heard, statuses } = await writeThrough(name, context, callers)
    expect(heard).toEqual([0, 0, 0])
    expect([...statuses]).toEqual([403])
  })
})

describe.each(["haproxy", "nginx"] as const)("%s passes TLS on", (name) => {
  test("and passes the client's address by the PROXY protocol, over TCP and a unix socket", async (context) => {
    const callers = { proxyProtocol: true, allowFrom: ["127.0.0.1"], passthrough: true }
    const { heard } = await writeThrough(name, context, callers)
    expect(heard).toEqual([1, 1])
  })

  test("and a client other than Telegram is refused by a bot that permits only Telegram", async (context) => {
    const callers = { proxyProtocol: true, allowFrom: ["telegram"], passthrough: true }
    const { heard, statuses } = await writeThrough(name, context, callers)
    expect(heard).toEqual([0, 0])
    expect([...statuses]).toEqual([403])
  })
})
