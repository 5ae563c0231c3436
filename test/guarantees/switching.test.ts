import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { filters } from "../../src/dispatch/index.js"
import { silentLogger } from "../../src/ground/logger.js"
import { MemoryQueue, type UpdateQueue } from "../../src/queue/index.js"
import { SqliteQueue } from "../../src/queue/sqlite/index.js"
import { type SimulatedBot, Simulator } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const people = 12
const switches = Number(process.env.SOUNDER_SWITCHES ?? 4)

const queues: readonly (readonly [string, (folder: string) => UpdateQueue])[] = [
  ["a MemoryQueue", () => new MemoryQueue()],
  ["a SqliteQueue", (folder) => new SqliteQueue({ path: join(folder, "updates.db") })],
]

/** Lets people write all the time, whether the bot runs or not. Returns each person's messages. */
function write(telegram: Simulator, account: SimulatedBot, end: AbortSignal): Promise<string[]>[] {
  return Array.from({ length: people }, async (_, person) => {
    const user = telegram.user()
    const written: string[] = []
    while (!end.aborted) {
      const text = `${person}: ${written.length}`
      await user.send(account, text)
      written.push(text)
      await sleep(15 + person)
    }
    return written
  })
}

test.each(queues)(
  "changing from webhook to polling and back loses, repeats and reorders nothing, with %s",
  { timeout: 120_000 + switches * 10_000 },
  async (_, open) => {
    await using telegram = await Simulator.start({ local: true })
    const folder = mkdtempSync(join(tmpdir(), "sounder-"))
    const account = telegram.bot()
    const queue = open(folder)
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
    const updater = new Updater({ bot, queue, logger: silentLogger })
    const heard: string[] = []
    updater.dispatcher.on(filters.text, async (ctx) => {
      // Some updates are still being handled at each change.
      await sleep(heard.length % 7)
      heard.push(ctx.message.text)
    })
    const port = await freePort()
    const webhookUrl = `http://127.0.0.1:${port}/hook`
    const end = new AbortController()
    const writing = write(telegram, account, end.signal)
    for (let round = 0; round < switches; round += 1) {
      if (round % 2 === 0) await updater.startWebhook({ port, webhookUrl })
      else await updater.startPolling()
      const before = heard.length
      await untilTrue(() => heard.length >= before + 5 * people)
      const { unknown } = await updater.stop({ deleteWebhook: round % 4 === 0 })
      expect(unknown).toEqual([])
      const info = await bot.getWebhookInfo()
      if (round % 2 === 0) expect(info.url).toBe(round % 4 === 0 ? "" : webhookUrl)
    }
    end.abort()
    const written = await Promise.all(writing)
    await updater.startPolling()
    await untilTrue(() => heard.length >= written.flat().length)
    await updater.stop()
    const byPerson = Array.from({ length: people }, (__, person) =>
      heard.filter((text) => text.startsWith(`${person}: `)),
    )
    expect(byPerson).toEqual(written)
    await queue[Symbol.asyncDispose]()
    rmSync(folder, { recursive: true })
  },
)

test("a webhook that cannot be deleted at the end is logged, and the stop succeeds", async () => {
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot()
  const errors: string[] = []
  const logger = { ...silentLogger, error: (message: string) => void errors.push(message) }
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  const updater = new Updater({ bot, logger })
  const port = await freePort()
  await updater.startWebhook({ port, webhookUrl: `http://127.0.0.1:${port}/hook` })
  telegram.fault("deleteWebhook", { status: 500 })
  const verdict = await updater.stop({ deleteWebhook: true })
  expect(verdict.unknown).toEqual([])
  expect(errors).toEqual([
    expect.stringMatching(/^The webhook could not be deleted, and stays set: /),
  ])
})
