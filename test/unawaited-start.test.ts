import { Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, expect, test } from "vitest"
import { Fleet, Updater } from "../src/index.js"
import { Bot } from "../src/bot/index.js"
import { RecordingLogger } from "./support/recording-logger.js"
import { untilTrue } from "./support/waiting.js"

const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
let telegram: Simulator
let logger: RecordingLogger
const unhandled: unknown[] = []
const note = (error: unknown) => void unhandled.push(error)

beforeEach(async () => {
  telegram = await Simulator.start()
  logger = new RecordingLogger()
  unhandled.length = 0
  process.on("unhandledRejection", note)
})

afterEach(async () => {
  process.off("unhandledRejection", note)
  process.exitCode = undefined
  await telegram[Symbol.asyncDispose]()
})

function updaterWithWrongToken(): Updater {
  return new Updater({ bot: new Bot(token, { apiRoot: telegram.apiRoot }), logger })
}

test.each<[name: string, start: (updater: Updater) => unknown]>([
  ["startPolling", (updater) => updater.startPolling()],
  ["runPolling", (updater) => updater.runPolling()],
  ["startWebhook", (updater) => updater.startWebhook({ webhookUrl: "https://a.example/hook" })],
  ["runWebhook", (updater) => updater.runWebhook({ webhookUrl: "https://a.example/hook" })],
])("%s that fails and is not awaited is one line of the log", async (name, start) => {
  await using updater = updaterWithWrongToken()
  start(updater)
  await untilTrue(() => logger.errors.length > 0)
  expect(logger.errors).toEqual([
    expect.stringMatching(
      new RegExp(
        `^${name} at \\S*unawaited-start\\.test\\.ts:\\d+:\\d+ has failed: \\w+ was answered with 401: .*@BotFather$`,
      ),
    ),
  ])
  expect(process.exitCode).toBe(1)
  expect(unhandled).toEqual([])
})

test("a wrong option of a start that is not awaited is logged with the line of the program", async () => {
  await using updater = updaterWithWrongToken()
  void updater.runPolling({ timeot: 5 } as never)
  await untilTrue(() => logger.errors.length > 0)
  expect(logger.errors).toEqual([
    expect.stringMatching(
      /^runPolling at .* has failed: TypeError: Unknown option `timeot`\. Did you mean `timeout`\?\n\s+at .*unawaited-start\.test\.ts/,
    ),
  ])
})

test("a start that is awaited rejects, and logs nothing", async () => {
  await using updater = updaterWithWrongToken()
  await expect(updater.runPolling()).rejects.toThrow("401")
  expect(logger.errors).toEqual([])
  expect(process.exitCode).toBeUndefined()
})

test.each<[name: string, start: (updater: Updater) => unknown]>([
  ["startWorker", (updater) => updater.startWorker()],
  ["runWorker", (updater) => updater.runWorker()],
])(
  "%s that fails and is not awaited is logged with the line of the program",
  async (name, start) => {
    const bot = new Bot(token, { apiRoot: telegram.apiRoot })
    await using updater = new Updater({ bot, logger })
    await updater.startWorker()
    start(updater)
    await untilTrue(() => logger.errors.length > 0)
    expect(logger.errors).toEqual([
      expect.stringMatching(
        new RegExp(`^${name} at \\S*unawaited-start\\.test\\.ts:\\d+:\\d+ has failed: `),
      ),
    ])
    expect(process.exitCode).toBe(1)
    expect(unhandled).toEqual([])
  },
)

test.each<[name: string, start: (fleet: Fleet) => unknown]>([
  ["startPolling", (fleet) => fleet.startPolling()],
  ["startWebhook", (fleet) => fleet.startWebhook({} as never)],
  ["startWorker", (fleet) => fleet.startWorker()],
])("%s of a running fleet, which fails, is one line of the log", async (name, start) => {
  await using fleet = new Fleet({ logger })
  await fleet.startPolling()
  start(fleet)
  await untilTrue(() => logger.errors.length > 0)
  expect(logger.errors).toEqual([
    expect.stringMatching(
      new RegExp(`^${name} at \\S*unawaited-start\\.test\\.ts:\\d+:\\d+ has failed: `),
    ),
  ])
  expect(process.exitCode).toBe(1)
  expect(unhandled).toEqual([])
})
