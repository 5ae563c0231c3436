import { afterEach, beforeEach, expect, test, vi } from "vitest"
import { adviseOnHandlers } from "../../../src/dispatch/advice/handler-advice.js"
import {
  type Context,
  Dispatcher,
  filters,
  type Handler,
  type Next,
  Router,
} from "../../../src/dispatch/index.js"
import { withTypes } from "../../../src/dispatch/filters/filter.js"
import type { HandlerEntry } from "../../../src/dispatch/handlers/handler-entry.js"
import { AdviceLog } from "../../../src/ground/advice-log.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import type { Update } from "../../../src/telegram/types.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { namedBot, textUpdate } from "../../support/updates.js"

const press = withTypes(["callback_query"], (update: Update) => update.callback_query !== undefined)

beforeEach(() => void vi.stubEnv("NODE_ENV", "development"))
afterEach(() => void vi.unstubAllEnvs())

/** Starts a dispatcher with these handlers, and returns its log. */
async function logOf(
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
  ["a filter without users", (d) => d.on(filters.user(), () => {})],
  ["a type of update that has no such change", (d) => d.myChatMember(filters.joined, () => {})],
  ["a message with a change of members", (d) => d.message(filters.botBlocked, () => {})],
  ["a text that Telegram trims", (d) => d.hears("Menu ", () => {})],
  ["a text that is too long", (d) => d.hears("x".repeat(4_097), () => {}, { captions: true })],
  ["a filter under a type", (d) => d.editedMessage(filters.text, () => {})],
])("a handler that no update can reach is reported with its line: %s", async (_, register) => {
  expect(await logOf(register)).toEqual([
    expect.stringMatching(
      new RegExp(`^warn The handler.* at ${line} never runs: no update can match all its filters`),
    ),
  ])
})

test.each<[string, (dispatcher: Dispatcher) => void]>([
  ["a command", (d) => d.command("a", () => {})],
  ["a pattern of commands", (d) => d.command(/^a/, () => {})],
  ["a command with a filter", (d) => d.command("a", filters.chatType("private"), () => {})],
  ["all texts", (d) => d.on(filters.text, () => {})],
  ["a command of a router with values", (d) => d.derive(() => ({ a: 1 })).command("a", () => {})],
  [
    "a command of a router to choose",
    (d) => {
      const one = new Router()
      one.command("a", () => {})
      d.route(() => "one", { one })
    },
  ],
])("a handler of all texts hides the handlers registered after it: %s", async (_, register) => {
  const said = await logOf((dispatcher) => {
    dispatcher.decorate({ name: "shop" }).on(filters.text, () => {})
    register(dispatcher)
  })
  const text = `^warn The handler( of /a)? at ${line} never runs: the handler at ${line} is registered before it`
  expect(said).toEqual([expect.stringMatching(new RegExp(text))])
})

test("a second handler of a command is reported with the lines of both", async () => {
  const said = await logOf((dispatcher) => {
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
  ["a filter in front", (d) => (d.on(filters.photo, () => {}), d.command("a", () => {}))],
  ["a command in front", (d) => (d.command("a", () => {}), d.on(filters.text, () => {}))],
  [
    "a command in captions behind all texts",
    (d) => (d.on(filters.text, () => {}), d.command("a", () => {}, { captions: true })),
  ],
  [
    "a command of other types behind all texts",
    (d) => (
      d.on(filters.text, () => {}),
      d.command("a", () => {}, { types: ["message", "channel_post"] })
    ),
  ],
  [
    "a command behind all texts that are passed on",
    (d) => (d.on(filters.text, (_, next) => next()), d.command("a", () => {})),
  ],
  [
    "a command behind all texts of one router to choose from",
    (d) => {
      const [one, other] = [new Router(), new Router()]
      one.on(filters.text, () => {})
      other.command("a", () => {})
      d.route(() => "one", { one, other })
      d.command("b", () => {})
    },
  ],
  ["an edited message", (d) => d.on(filters.or(filters.text, press), () => {})],
])("a reachable handler is not reported: %s", async (_, register) => {
  expect(await logOf(register)).toEqual([])
})

test("a second handler of an event is reported with the name of the event", async () => {
  const said = await logOf((d) => (d.event("paid", () => {}), d.event("paid", () => {})))
  expect(said).toEqual([expect.stringMatching(/^warn The handler of "paid" at .* never runs/)])
})

const rest: Handler = (...given) => given[1]()
const longArguments = function (this: unknown) {
  return (arguments[1] as () => Promise<void>)()
}
const shortened: Handler = (_, next) => next()
Object.defineProperty(shortened, "length", { value: 1 })
const nothing = () => Promise.resolve()
// The linter permits a default value only if the type contains `undefined`.
const withDefault = (_: Context, next: Next | undefined = nothing) => next()
const withPattern = async ({ update: _u }: Context, next: Next | undefined = nothing) => next()

test.each<[string, Handler]>([
  ["rest parameters", rest],
  ["rest parameters of a bound function", rest.bind(null)],
  ["rest parameters behind a proxy", new Proxy(rest, {})],
  ["`arguments`", longArguments],
  ["a default value", withDefault],
  ["a default value after an object", withPattern],
  ["a `length` of its own", shortened],
])("a handler may call `next` through %s", async (_, handler) => {
  const ran = vi.fn()
  const said = await logOf((dispatcher) => {
    dispatcher.command("a", handler)
    dispatcher.command("a", ran)
  })
  expect(said).toEqual([])
  const dispatcher = new Dispatcher({ bot: namedBot() })
  dispatcher.command("a", handler)
  dispatcher.command("a", ran)
  await dispatcher.process(textUpdate("/a"))
  expect(ran).toHaveBeenCalledOnce()
})

const methods = {
  async start(_ctx: Context) {},
  *generated(_ctx: Context) {},
}

test.each<[string, Handler]>([
  ["an arrow", () => {}],
  ["an arrow with a parameter", async (_ctx) => ({ ...methods })],
  ["an object pattern", async ({ update: { update_id: _id } }) => {}],
  ["a function", function named(_ctx) {}],
  ["a method", methods.start],
  ["a generator", methods.generated],
])("a handler with one parameter cannot call `next`: %s", async (_, handler) => {
  const said = await logOf((dispatcher) => {
    dispatcher.command("a", handler)
    dispatcher.command("a", () => {})
  })
  expect(said).toHaveLength(1)
})

const count = 500

test.each<[string, (dispatcher: Dispatcher, index: number) => void]>([
  ["commands", (d, index) => d.command(`c${index}`, (_ctx) => {})],
  ["commands with a common name", (d, index) => d.command(["a", `c${index}`], (_ctx) => {})],
  ["handlers of one command", (d) => d.command("a", (_ctx) => {})],
  ["wrappers", (d) => d.use((...given) => given[1]())],
  ["wrappers of commands", (d, index) => d.command(`c${index % 2}`, (...given) => given[1]())],
  ["groups", (d, index) => d.group(index).use((_ctx) => {})],
])("the advice about many handlers takes a few steps per handler: %s", (_, register) => {
  const dispatcher = new Dispatcher({ bot: namedBot() })
  for (let index = 0; index < count; index++) register(dispatcher, index)
  let reads = 0
  const handler = {
    get: (entry: HandlerEntry, name: string) => ((reads += 1), Reflect.get(entry, name) as unknown),
  }
  const { entries } = dispatcher["table"].plan
  const counted = entries.map((placed) => ({ ...placed, entry: new Proxy(placed.entry, handler) }))
  const read = vi.spyOn(Function.prototype, "toString")
  adviseOnHandlers(counted, new AdviceLog(() => {}))
  expect(read.mock.calls.length).toBeLessThanOrEqual(count)
  read.mockRestore()
  expect(reads).toBeLessThan(40 * count)
})

test("a handler without a filter hides the handlers registered after it", async () => {
  const said = await logOf((dispatcher) => {
    dispatcher.use(() => {})
    dispatcher.on(filters.text, () => {})
  })
  expect(said).toEqual([expect.stringMatching(/never runs: the handler at .* before it/)])
})

test("a type that `allowedUpdates` excludes is reported with the handler that needs it", async () => {
  const said = await logOf((dispatcher) => {
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

test("no advice is given in production, in tests, or if it is turned off", async () => {
  const twice = (dispatcher: Dispatcher) => {
    dispatcher.command("a", () => {})
    dispatcher.command("a", () => {})
  }
  expect(await logOf(twice, { advice: false })).toEqual([])
  for (const mode of ["production", "test"]) {
    vi.stubEnv("NODE_ENV", mode)
    expect(await logOf(twice)).toEqual([])
    expect(await logOf(twice, { advice: true })).toHaveLength(1)
  }
})

test("a command pattern with the slash is refused", () => {
  const dispatcher = new Dispatcher({ bot: namedBot() })
  for (const pattern of [/^\/start/, /\/start/]) {
    expect(() => dispatcher.command(pattern, () => {})).toThrow(/without the slash/)
  }
})
