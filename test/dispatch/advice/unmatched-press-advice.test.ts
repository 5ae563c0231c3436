import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { callbackData } from "../../../src/keyboard/index.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { keptBot, pressUpdate } from "../../support/updates.js"

beforeEach(() => void vi.stubEnv("NODE_ENV", "development"))
afterEach(() => void vi.unstubAllEnvs())

/** Handles two presses with each of these data. Returns the log. */
async function logOf(register: (d: Dispatcher) => unknown, ...data: string[]): Promise<string[]> {
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot: keptBot().bot, logger })
  register(dispatcher)
  for (const each of data) {
    await dispatcher.process(pressUpdate(each))
    await dispatcher.process(pressUpdate(each))
  }
  return logger.lines
}

const vote = callbackData("vote", { up: "bool" })
const tea = (d: Dispatcher) => d.callbackQuery("buy_tee", () => {})

test.each<[string, (d: Dispatcher) => unknown, string, string]>([
  ["a misspelt name", tea, "buy_tea", 'Is the data of the handler of "buy_tee", or of the button,'],
  ["no similar name", tea, "sell", 'Add a handler: `callbackQuery("sell", …)`'],
  ["only a middleware", (d) => d.use((_, next) => next()), "sell", "Add a handler"],
  ["no handler of any update", () => {}, "sell", "Add a handler"],
  ["a factory without a handler", tea, "vote:1", '`callbackData` with the prefix "vote"'],
  ["a menu that is not mounted", tea, ".shop:1:2", 'Mount the menu "shop" with `use(menu)`'],
  ["other values", (d) => d.callbackQuery(vote.where({ up: true }), () => {}), "vote:0", "`where`"],
])("a press without a handler is reported once: %s", async (_, register, data, cure) => {
  const lines = await logOf(register, data)
  expect(lines).toEqual([
    expect.stringContaining(
      `warn No handler matches the press of a button with the data ${JSON.stringify(data)}`,
    ),
  ])
  expect(lines[0]).toContain(cure)
})

test("data with the same prefix are reported once, other data each", async () => {
  expect(await logOf(tea, "vote:1", "vote:0", "a", "b")).toHaveLength(3)
})

test.each<[string, (d: Dispatcher) => unknown]>([
  ["handled", (d) => d.callbackQuery("sell", () => {})],
  ["passed to another library", (d) => d.use(() => {})],
  ["handled as invalid", (d) => d.invalidCallbackData(() => {})],
])("a press is not reported if it is %s", async (_, register) => {
  expect(await logOf(register, "sell")).toEqual([])
})

test("no press is reported outside of development", async () => {
  vi.stubEnv("NODE_ENV", "production")
  expect(await logOf(tea, "sell")).toEqual([])
})
