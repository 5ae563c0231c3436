import { Simulator } from "@sounder/simulator"
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { type Context, Dispatcher, type DispatcherOptions } from "../../../src/dispatch/index.js"
import { OutboxError } from "../../../src/dispatch/outbox/outbox-error.js"
import { outboxRefused, outboxUnsure } from "../../../src/events/index.js"
import { MemoryQueue, type UpdateQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { textIn } from "../../support/dispatched.js"
import { stageOfFile } from "../../support/postgres-stage.js"
import { requireServer } from "../../support/real-servers.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const stage = stageOfFile()
const newPath = pathsIn(temporaryFolder())

const open = {
  MemoryQueue: () => new MemoryQueue(),
  SqliteQueue: () => new SqliteQueue({ path: newPath() }),
  PostgresQueue: () => stage.open(),
}

let telegram: Simulator
let bot: Bot
let logger: RecordingLogger
let [ada, bob] = [0, 0]
beforeEach(async () => {
  telegram = await Simulator.start()
  const account = telegram.bot()
  const people = ["Ada", "Bob"].map((first_name) => telegram.user({ first_name }))
  for (const person of people) await person.send(account, "/start")
  ;[ada = 0, bob = 0] = people.map(({ id }) => id)
  logger = new RecordingLogger()
  bot = new Bot(account.token, { apiRoot: telegram.apiRoot, logger })
})
afterEach(async () => {
  await bot[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
})

/** Starts a dispatcher whose handler gets each text, and returns a function that puts a text. */
function serve(
  queue: UpdateQueue,
  handler: (ctx: Context, text: string) => unknown,
  options: Partial<DispatcherOptions> = {},
) {
  const dispatcher = new Dispatcher({ bot, queue, logger, ...options })
  dispatcher.message((ctx) => handler(ctx, ctx.message.text ?? ""))
  dispatcher.start()
  onTestFinished(async () => {
    await dispatcher.stop({ deadlineMs: 100 })
    await queue[Symbol.asyncDispose]()
  })
  const put = (chat: number, text: string) =>
    queue.put({ botId: bot.id, update: textIn(chat, text) })
  return { dispatcher, put }
}

/** Returns the texts that Telegram has accepted for a chat. */
function sent(chat: number): unknown[] {
  return telegram.calls
    .filter(({ method, status, params }) => {
      return method === "sendMessage" && status === 200 && params.chat_id === String(chat)
    })
    .map(({ params }) => params.text)
}

describe.each(["MemoryQueue", "SqliteQueue", "PostgresQueue"] as const)("%s", (name) => {
  beforeEach((context) => {
    if (name === "PostgresQueue") requireServer("postgres", context)
  })

  test("promised calls are made after the handler's calls, in their order", async () => {
    const { put } = serve(open[name](), async (ctx, text) => {
      await ctx.later("sendMessage", { text: `${text}1` })
      await ctx.later("sendMessage", { text: `${text}2` })
      await ctx.reply(`${text}0`)
    })
    await Promise.all([put(ada, "a"), put(ada, "b")])
    await untilTrue(() => sent(ada).length === 6)
    const texts = sent(ada)
    for (const text of ["a", "b"]) {
      expect(texts.filter((other) => String(other).startsWith(text))).toEqual(
        ["0", "1", "2"].map((number) => text + number),
      )
    }
    expect(texts.filter((text) => !String(text).endsWith("0"))).toEqual(["a1", "a2", "b1", "b2"])
  })

  test("a handler that throws promises nothing", async () => {
    const { put } = serve(open[name](), async (ctx, text) => {
      await ctx.later("sendMessage", { text })
      if (text === "bad") throw new Error("bad")
    })
    await put(ada, "bad")
    await put(ada, "good")
    await untilTrue(() => sent(ada).length > 0)
    expect(sent(ada)).toEqual(["good"])
  })

  test("a second call of a key is nothing, of one update and of another", async () => {
    const { put } = serve(open[name](), async (ctx, text) => {
      // Not awaited, so that the order is that of the calls.
      void ctx.later("sendMessage", { text: `${text} keyed` }, { key: "order:1" })
      void ctx.later("sendMessage", { text: `${text} keyed again` }, { key: "order:1" })
      void ctx.later("sendMessage", { text })
    })
    await put(ada, "a")
    await put(ada, "b")
    await untilTrue(() => sent(ada).includes("b"))
    expect(sent(ada)).toEqual(["a keyed", "a", "b"])
  })

  test("429 of an hour: the outbox of the chat waits, others do not, and no worker is held", async () => {
    const { put } = serve(
      open[name](),
      async (ctx, text) => {
        await ctx.later("sendMessage", { text })
      },
      { concurrency: 1 },
    )
    telegram.fault("sendMessage", { retryAfter: 3_600 })
    await put(ada, "limited")
    await untilTrue(() => telegram.calls.length > 0)
    await put(ada, "behind")
    await put(bob, "free")
    await untilTrue(() => sent(bob).length === 1)
    expect(sent(ada)).toEqual([])
    expect(sent(bob)).toEqual(["free"])
  })

  test("429 of a second: the call is repeated, and counts as known", async () => {
    const unsure: unknown[] = []
    onTestFinished(outboxUnsure.subscribe((event) => void unsure.push(event)))
    const { put } = serve(open[name](), async (ctx, text) => {
      await ctx.later("sendMessage", { text }, { unsure: "skip" })
    })
    telegram.fault("sendMessage", { retryAfter: 1 }, 2)
    await put(ada, "limited")
    await put(ada, "behind")
    await untilTrue(() => sent(ada).length === 2)
    expect(sent(ada)).toEqual(["limited", "behind"])
    expect(unsure).toEqual([])
  })

  test("a call that Telegram refuses is dropped: the error handlers get it", async () => {
    const refused: unknown[] = []
    onTestFinished(outboxRefused.subscribe(({ method }) => void refused.push(method)))
    const { put, dispatcher } = serve(
      open[name](),
      async (ctx, text) => {
        await ctx.later("sendMessage", { text })
      },
      { attempts: { max: 3 } },
    )
    const errors: unknown[] = []
    dispatcher.catch((error, ctx, failure) => void errors.push([error, ctx.chat?.id, failure.next]))
    telegram.fault("sendMessage", { status: 403, description: "Forbidden: bot was blocked" })
    await put(ada, "blocked")
    await put(ada, "next")
    await untilTrue(() => sent(ada).length === 1)
    expect(sent(ada)).toEqual(["next"])
    expect(refused).toEqual(["sendMessage"])
    expect(errors).toEqual([[expect.any(OutboxError), ada, "done"]])
  })

  test.each([
    { unsure: "repeat", texts: ["broken", "next"] },
    { unsure: "skip", texts: ["next"] },
  ] as const)(
    "an answer that never comes: $unsure decides, and the event counts",
    async ({ unsure, texts }) => {
      const rules: unknown[] = []
      onTestFinished(outboxUnsure.subscribe(({ rule }) => void rules.push(rule)))
      const { put } = serve(open[name](), async (ctx, text) => {
        await ctx.later("sendMessage", { text }, { unsure })
      })
      telegram.fault("sendMessage", { html: 502 })
      await put(ada, "broken")
      await put(ada, "next")
      await untilTrue(() => sent(ada).includes("next"))
      expect(sent(ada)).toEqual(texts)
      expect(rules).toEqual([unsure])
      expect(logger.errors.some((line) => line.includes("may or may not"))).toBe(unsure === "skip")
    },
  )

  test("a group that became a supergroup: the call is made there", async () => {
    const person = telegram.user({ first_name: "Eve" })
    const account = telegram.bot()
    const group = telegram.group({ title: "Club" }, person, account)
    const upgraded = await person.upgrade(group)
    bot = new Bot(account.token, { apiRoot: telegram.apiRoot, logger })
    const { put } = serve(open[name](), async (ctx, text) => {
      await ctx.later("sendMessage", { chat_id: group.id, text })
    })
    await put(ada, "hello")
    await untilTrue(() => sent(upgraded.id).length === 1)
  })
})

test("a stop sends the calls that a queue in memory holds", async () => {
  const queue = new MemoryQueue()
  const gate = deferred()
  const { dispatcher, put } = serve(queue, async (ctx, text) => {
    await ctx.later("sendMessage", { text })
    await gate.promise
  })
  const handled = put(ada, "last words")
  await new Promise(setImmediate)
  const stopped = dispatcher.stop()
  gate.resolve()
  const verdict = await stopped
  await handled
  expect(sent(ada)).toEqual(["last words"])
  expect(verdict.handled).toHaveLength(2)
  expect(verdict.unknown).toEqual([])
})
