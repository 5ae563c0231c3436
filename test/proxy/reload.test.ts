import { describe, expect, test } from "vitest"
import { proxyConfiguration, type ProxyName } from "../../src/proxy/index.js"
import type { Skippable } from "../support/leave-out.js"
import { untilTrue } from "../support/waiting.js"
import { type BotBehind, BotsBehind } from "./bots-behind.js"
import { certificateFor } from "./exchange.js"
import { startProxy } from "../support/real-proxy.js"

/** Returns the number of people. Without keep-alive, Telegram opens at most 20 connections per second. */
const peopleOf = (keepAlive: boolean) => (keepAlive ? 20 : 4)
const reloads = 5

/** People who write messages to a bot, each when the bot has heard the previous one. */
class Load {
  readonly #people: readonly Promise<number>[]
  #isOver = false

  constructor(setup: BotsBehind, { account, heard }: BotBehind, people: number) {
    this.#people = Array.from({ length: people }, async (_, person) => {
      const user = setup.telegram.user()
      let sent = 0
      while (!this.#isOver) {
        const text = `${person}: ${sent}`
        await user.send(account, text)
        sent += 1
        await untilTrue(() => heard.includes(text))
      }
      return sent
    })
  }

  /** Waits until the bot has heard the last messages. Returns the number of messages. */
  async end(): Promise<number> {
    this.#isOver = true
    const sent = await Promise.all(this.#people)
    return sent.reduce((sum, one) => sum + one, 0)
  }
}

/** Reloads a proxy repeatedly while people write, each time with one more bot. */
async function reloadUnderLoad(
  name: ProxyName,
  context: Skippable,
  { passthrough = false, keepAlive = true },
) {
  await using setup = await BotsBehind.open()
  await setup.startAll(passthrough)
  const [bot] = setup.bots
  if (!bot) throw new Error("No bot was started.")
  const more = passthrough ? { passthrough } : { keepAlive }
  const configurationOf = (added: number) => {
    const options = setup.options(name, more)
    const others = Array.from({ length: added }, (_, index) => ({
      ...bot.behind,
      ...(passthrough ? { host: `more${index}.example.com` } : { path: `/more${index}` }),
    }))
    return proxyConfiguration(name, { ...options, bots: [...options.bots, ...others] })
  }
  await using proxy = await startProxy(name, context, {
    ...setup,
    configuration: configurationOf(0),
  })
  const people = peopleOf(keepAlive)
  const load = new Load(setup, bot, people)
  for (let reload = 1; reload <= reloads; reload++) {
    const before = bot.heard.length
    await untilTrue(() => bot.heard.length >= before + 4 * people)
    await proxy.reload(configurationOf(reload))
  }
  const before = bot.heard.length
  await untilTrue(() => bot.heard.length >= before + 10 * people)
  const sent = await load.end()
  // The proxy uses the last configuration.
  const host = passthrough ? `more${reloads - 1}.example.com` : bot.behind.host
  const subject = `CN=${bot.behind.host}`
  await untilTrue(async () => (await certificateFor(setup.port, host)) === subject)
  const failed = setup.telegram.deliveries.filter(({ outcome }) => outcome !== "delivered")
  return { sent, heard: bot.heard, failed, output: proxy.output }
}

describe("a reload under load", () => {
  test.for([
    ["haproxy", "terminates TLS", {}],
    ["haproxy", "passes TLS on", { passthrough: true }],
    ["nginx", "passes TLS on", { passthrough: true }],
    ["nginx", "terminates TLS, each request on a connection of its own", { keepAlive: false }],
  ] as const)("of %s fails no request if it %s", async ([name, , how], context) => {
    const { sent, heard, failed, output } = await reloadUnderLoad(name, context, how)
    expect(failed, output).toEqual([])
    expect(heard.length).toBe(sent)
    expect(new Set(heard).size).toBe(sent)
  })

  // Caddy, and nginx before 1.27.4, cannot announce the end of a connection with `Connection: close`. Caddy also resets
  // connections that it has not accepted yet.
  test.for([
    ["nginx", "an idle connection as it is used", true],
    ["caddy", "an idle connection as it is used", true],
    ["caddy", "a connection that is being made", false],
  ] as const)(
    "of %s may close %s, and each update still arrives once",
    async ([name, , keepAlive], context) => {
      const { sent, heard, failed } = await reloadUnderLoad(name, context, { keepAlive })
      expect(failed.length).toBeLessThanOrEqual(reloads * peopleOf(keepAlive))
      expect(failed.filter(({ status }) => status !== undefined)).toEqual([])
      expect(heard.length).toBe(sent)
      expect(new Set(heard).size).toBe(sent)
    },
  )
})
