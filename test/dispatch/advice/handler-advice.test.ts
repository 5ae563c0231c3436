import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { Dispatcher, filters, Router } from "../../../src/dispatch/index.js"
import { withTypes } from "../../../src/dispatch/filters/filter.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot } from "../../support/updates.js"

const press = withTypes(["callback_query"], (update: Update) => update.callback_query !== undefined)

beforeEach(() => void vi.stubEnv("NODE_ENV", "development"))
afterEach(() => void vi.unstubAllEnvs())

/** Starts a dispatcher with these handlers, and returns what is logged. */
async function saidOf(
  register: (dispatcher: Dispatcher) => void,
  options: { readonly advice?: boolean } = {},
): Promise<string[]> {
  const [queue, logger] = [new MemoryQueue(), new RecordingLogger()]
  const dispatcher = new Dispatcher({ bot: namedBot(), queue, logger, ...options })
  register(dispatcher)
  dispatcher.start()
  await dispatcher.stop()
  return logger.lines
}

const line = String.raw`\S*handler-advice\.test\.ts:\d+:\d+`

test.each<[string, (dispatcher: Dispatcher) => void]>([
  ["filters of two types", (d) => d.on(filters.and(filters.text, press), () => {})],
  ["longer data than a button has", (d) => d.callbackQuery("x".repeat(65), () => {})],
  ["a filter under a type", (d) => d.editedMessage(filters.text, () => {})],
])("a handler that no update can match is told with its line: %s", async (_, register) => {
  expect(await saidOf(register)).toEqual([
    expect.stringMatching(
      new RegExp(`^warn The handler.* at ${line} never runs: no update can match all its filters`),
    ),
  ])
})

test("the second handler of a command is told with the lines of both", async () => {
  const said = await saidOf((dispatcher) => {
    dispatcher.command("help", () => {})
    const mounted = new Router()
    mounted.command(["help"], () => {})
    dispatcher.use(mounted)
  })
  expect(said).toEqual([
    expect.stringMatching(
      new RegExp(
        `^warn The handler of /help at ${line} never runs: the handler of /help at ${line} is registered before it`,
      ),
    ),
  ])
})

test.each<[string, (dispatcher: Dispatcher) => void]>([
  ["a handler behind a middleware", (d) => (d.use((_, next) => next()), d.command("a", () => {}))],
  [
    "the same command in two groups",
    (d) => (d.command("a", () => {}), d.group(1).command("a", () => {})),
  ],
  ["two commands", (d) => (d.command("a", () => {}), d.command("b", () => {}))],
  ["one of several names", (d) => (d.command("a", () => {}), d.command(["a", "b"], () => {}))],
  ["a filter in front", (d) => (d.on(filters.text, () => {}), d.command("a", () => {}))],
  ["a wrapper", (d) => (d.command("a", (...given) => given[1]()), d.command("a", () => {}))],
  ["an edited message", (d) => d.on(filters.or(filters.text, press), () => {})],
])("what may run is not told: %s", async (_, register) => {
  expect(await saidOf(register)).toEqual([])
})

test("a handler of everything hides what is registered after it", async () => {
  const said = await saidOf((dispatcher) => {
    dispatcher.use(() => {})
    dispatcher.on(filters.text, () => {})
  })
  expect(said).toEqual([expect.stringMatching(/never runs: the handler at .* before it/)])
})

test("a type that `allowedUpdates` keeps out is told with the handler that wants it", async () => {
  const said = await saidOf((dispatcher) => {
    dispatcher.callbackQuery(() => {})
    dispatcher.messageReaction(() => {})
    dispatcher.adviseOnTypes(["message"])
    dispatcher.adviseOnTypes([])
    dispatcher.adviseOnTypes(["callback_query", "message_reaction"])
  })
  expect(said).toEqual([
    expect.stringMatching(new RegExp(`^warn The handler at ${line} handles callback_query, which`)),
    expect.stringMatching(
      new RegExp(`^warn The handler at ${line} handles message_reaction, which`),
    ),
  ])
})

test("nothing is told in production, in tests, or where it is not wanted", async () => {
  const twice = (dispatcher: Dispatcher) => {
    dispatcher.command("a", () => {})
    dispatcher.command("a", () => {})
  }
  expect(await saidOf(twice, { advice: false })).toEqual([])
  for (const mode of ["production", "test"]) {
    vi.stubEnv("NODE_ENV", mode)
    expect(await saidOf(twice)).toEqual([])
    expect(await saidOf(twice, { advice: true })).toHaveLength(1)
  }
})

test("a pattern of a command with the slash is refused", () => {
  const dispatcher = new Dispatcher({ bot: namedBot() })
  for (const pattern of [/^\/start/, /\/start/]) {
    expect(() => dispatcher.command(pattern, () => {})).toThrow(/without the slash/)
  }
})
