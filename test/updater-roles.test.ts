import { mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../src/bot/index.js"
import { filters } from "../src/dispatch/index.js"
import { SqliteQueue } from "../src/queue/sqlite/index.js"
import { Simulator, type SimulatedBot } from "@sounder/simulator"
import { Updater, type UpdaterOptions } from "../src/updater.js"
import { untilTrue } from "./support/waiting.js"

let telegram: Simulator
let account: SimulatedBot
let folder: string
let queue: SqliteQueue
let open: Updater[]

beforeEach(async () => {
  telegram = await Simulator.start({ local: true })
  account = telegram.bot({ username: "roles_bot" })
  folder = mkdtempSync(join(tmpdir(), "sounder-roles-"))
  queue = new SqliteQueue({ path: join(folder, "updates.db") })
  open = []
})

afterEach(async () => {
  await Promise.all(open.map((updater) => updater.stop({ deadlineMs: 100 })))
  await Promise.all(open.map(({ bot }) => bot[Symbol.asyncDispose]()))
  await queue[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
  rmSync(folder, { recursive: true })
})

function updaterOf(options: UpdaterOptions = {}): Updater {
  const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
  const updater = new Updater({ bot, queue, ...options })
  updater.dispatcher.on(filters.text, (ctx) => ctx.reply(`Heard ${ctx.message.text}`))
  open.push(updater)
  return updater
}

describe.each(["polling", "webhook"] as const)("an updater that only receives, by %s,", (mode) => {
  async function start(updater: Updater): Promise<void> {
    if (mode === "polling") return updater.startPolling()
    const { port } = await updater.startWebhook({ port: 0, urlPath: "hook" })
    await updater.bot.setWebhook({
      url: `http://127.0.0.1:${port}/hook`,
      secret_token: updater.secretToken,
    })
  }

  test("handles nothing, and a worker handles the updates that it has put", async () => {
    const receiver = updaterOf({ receiveOnly: true })
    await start(receiver)
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "one")
    await untilTrue(() => queue.waiting === 1 && account.pendingUpdateCount === 0)
    expect(await receiver.stop()).toEqual({ handled: [], handedBack: [], unknown: [] })
    await updaterOf().startWorker()
    expect((await ada.hears()).text).toBe("Heard one")
  })
})

test("a receiver asks for the update types of its handlers", async () => {
  await updaterOf({ receiveOnly: true }).startPolling()
  await untilTrue(() => account.isPolling)
  await telegram.user({ first_name: "Ada" }).send(account, "wakes the call")
  const [call] = await telegram.calls.wait(({ method }) => method === "getUpdates")
  expect(JSON.parse(call?.params["allowed_updates"] ?? "")).toContain("message")
})

test("a stopped worker reports how many updates it has handled", async () => {
  const [receiver, worker] = [updaterOf({ receiveOnly: true }), updaterOf()]
  await worker.startWorker()
  expect(worker.isRunning).toBe(true)
  await receiver.startPolling()
  const ada = telegram.user({ first_name: "Ada" })
  await ada.send(account, "one")
  await ada.hears()
  await worker.stop()
  expect(worker.isRunning).toBe(false)
})

test("a receiver cannot work", async () => {
  await expect(updaterOf({ receiveOnly: true }).startWorker()).rejects.toThrow(/receiveOnly/)
})
