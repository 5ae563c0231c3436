import { once } from "node:events"
import { mkdtempSync, readFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { beforeAll, beforeEach, describe, expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Simulator } from "@sounder/simulator"
import { built } from "../support/built.js"
import { runProgram, startProgram } from "../support/run-program.js"
import { untilTrue } from "../support/waiting.js"
import { type QueueName, queueNames, queuesOfFile, requireQueue } from "./queues.js"

const program = fileURLToPath(new URL("programs/crashing-bot.mjs", import.meta.url))
const queues = queuesOfFile()

beforeAll(built)

/** Kills a bot at a point of its first update, and starts it again. Returns the attempts. */
async function attemptsAfter(crash: string, name: QueueName): Promise<string[]> {
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "crashing_bot" })
  const { token } = account
  const log = join(mkdtempSync(join(tmpdir(), "sounder-")), "attempts")
  const settings = { store: await queues.storeOf(name), token, apiRoot: telegram.apiRoot, log }
  const user = telegram.user({ first_name: "Ada" })
  await user.send(account, "one")
  await user.send(account, "two")

  expect(await runProgram(program, { ...settings, crash })).toBe("SIGKILL")
  const second = startProgram(program, settings)
  const lines = () => readFileSync(log, { encoding: "utf8", flag: "a+" }).trimEnd().split("\n")
  await untilTrue(() => lines().at(-1)?.startsWith("two") ?? false)
  await using bot = new Bot(token, { apiRoot: telegram.apiRoot, localMode: true })
  await untilTrue(async () => (await bot.getWebhookInfo()).pending_update_count === 0)
  second.kill("SIGTERM")
  await once(second, "exit")
  return lines()
}

describe.each(queueNames)("%s", (name) => {
  beforeEach((context) => requireQueue(name, context))

  const isDurable = name !== "MemoryQueue"

  test("after a crash before the put, Telegram sends the update again", async () => {
    expect(await attemptsAfter("before put", name)).toEqual(["one 1", "two 1"])
  })

  test("after a crash following the put, the update is handled, from the store or sent again", async () => {
    expect(await attemptsAfter("after put", name)).toEqual(["one 1", "two 1"])
  })

  test("after a crash of its handler, the update is handled again, and the next one after it", async () => {
    const again = isDurable ? "one 2" : "one 1"
    expect(await attemptsAfter("while running", name)).toEqual(["one 1", again, "two 1"])
  })
})
