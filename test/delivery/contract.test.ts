import { beforeEach, describe, expect, onTestFinished, test } from "vitest"
import { Dispatcher, type DispatcherOptions, filters } from "../../src/dispatch/index.js"
import type { UpdateQueue } from "../../src/queue/index.js"
import { Webhook } from "../../src/webhook/webhook.js"
import type { SounderError } from "../../src/telegram/errors.js"
import type { Update } from "../../src/telegram/types.js"
import { namedBot, pressUpdate, textUpdate, updateWith } from "../support/updates.js"
import { RecordingLogger } from "../support/recording-logger.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { queueNames, queuesOfFile, requireQueue } from "./queues.js"

const bot = namedBot()
const botId = bot.id
const queues = queuesOfFile()

/** A text in a chat of its own. */
const textIn = (chat: number, text = "x") =>
  textUpdate(text, { chat: { id: chat, type: "private", first_name: "A" } })

const referenceOf = (update: Update) => ({ botId, updateId: update.update_id })

/** Returns the status of the webhook's answer to a body. */
async function answerTo(queue: UpdateQueue, body: string): Promise<number> {
  const webhook = new Webhook({ botId, queue, path: "hook", secretToken: "secret" })
  const headers = new Headers({
    "content-type": "application/json",
    "x-telegram-bot-api-secret-token": "secret",
  })
  const { status } = await webhook.handle({
    method: "POST",
    path: "/hook",
    headers: (header) => headers.get(header) ?? undefined,
    readBody: async () => body,
  })
  return status
}

describe.each(queueNames)("%s", (name) => {
  let queue: UpdateQueue
  let seen: string[]
  let logger: RecordingLogger
  const isDurable = name !== "MemoryQueue"

  beforeEach((context) => {
    requireQueue(name, context)
    queue = queues.open(name)
    seen = []
    logger = new RecordingLogger()
  })

  /** Starts a dispatcher that records the handled texts. */
  function dispatch(options: Partial<DispatcherOptions> = {}): Dispatcher {
    const dispatcher = new Dispatcher({ bot, queue, logger, ...options })
    dispatcher.on(filters.text, (ctx) => void seen.push(`${ctx.message.text} ${ctx.attempt}`))
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    return dispatcher
  }

  const put = (update: Update) => queue.put({ botId, update })

  /** Handles one more text, so that the updates before it in its chat have ended. */
  async function next(chat = 7): Promise<void> {
    const before = seen.length
    await put(textIn(chat, "next"))
    await untilTrue(() => seen.length > before && seen.at(-1) === "next 1")
  }

  test("an update is handled once, and acknowledged", async () => {
    dispatch().start()
    await put(textIn(7))
    await put(textIn(7, "y"))
    await untilTrue(() => seen.length === 2)
    await next()
    expect(seen).toEqual(["x 1", "y 1", "next 1"])
  })

  test("an error of a handler reaches the error handlers, and its update is done", async () => {
    const told: unknown[] = []
    const dispatcher = new Dispatcher({ bot, queue, logger })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    dispatcher.on(filters.text, (ctx) => {
      seen.push(`${ctx.message.text} ${ctx.attempt}`)
      if (ctx.message.text === "x") throw new Error("no luck")
    })
    dispatcher.catch(({ cause }) => told.push(cause))
    dispatcher.start()
    await put(textIn(7))
    await next()
    expect(seen).toEqual(["x 1", "next 1"])
    expect(told).toEqual([new Error("no luck")])
    expect(await queues.setAside(queue)).toEqual([])
  })

  test("a handler that always throws is called for each attempt, then its update is set aside", async () => {
    const attempts = { max: 3, backoff: () => 1 }
    const dispatcher = new Dispatcher({ bot, queue, logger, attempts })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    dispatcher.on(filters.text, (ctx) => {
      seen.push(`${ctx.message.text} ${ctx.attempt}`)
      if (ctx.message.text === "x") throw new Error("no luck")
    })
    dispatcher.start()
    await put(textIn(7))
    await next()
    expect(seen).toEqual(["x 1", "x 2", "x 3", "next 1"])
    expect(await queues.setAside(queue)).toEqual(["Error: no luck"])
  })

  test("a handler that exceeds its time has its signal aborted, and its update is done", async () => {
    const dispatcher = new Dispatcher({ bot, queue, logger, handlerTimeoutMs: 20 })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    const codes: string[] = []
    dispatcher.on(filters.text, async ({ message, attempt, signal }) => {
      seen.push(`${message.text} ${attempt}`)
      if (message.text === "x") {
        await new Promise((resolve) => signal.addEventListener("abort", resolve))
      }
    })
    dispatcher.catch(({ code }) => codes.push(code))
    dispatcher.start()
    await put(textIn(7))
    await next()
    expect([seen, codes]).toEqual([["x 1", "next 1"], ["handler-timeout"]])
  })

  test("an update without a matching handler, or of an unknown type, is done", async () => {
    dispatch().start()
    const from = { id: 7, is_bot: false, first_name: "A" }
    const unwanted = textUpdate("", { text: undefined, dice: { emoji: "🎲", value: 1 } })
    await Promise.all([put(unwanted), put(updateWith({ telepathy: { from } }))])
    await next()
    await dispatcherStopsEmpty()
    expect(seen).toEqual(["next 1"])
    expect(logger.errors).toEqual([])
  })

  /** Checks that no update is left in the queue. */
  async function dispatcherStopsEmpty(): Promise<void> {
    const taking = new AbortController()
    const taken = Promise.resolve(queue.take(taking.signal)).catch(() => "nothing")
    setTimeout(() => taking.abort(), 50)
    expect(await taken).toBe("nothing")
  }

  test("a body that is not an update is refused with 400, and nothing is stored", async () => {
    dispatch().start()
    for (const body of ["no JSON", "[]", '{"message":{}}']) {
      expect(await answerTo(queue, body)).toBe(400)
    }
    await next()
    expect(seen).toEqual(["next 1"])
  })

  test("a stale update is dropped, and the next update of its chat is handled", async () => {
    const dispatcher = dispatch()
    dispatcher.callbackQuery(() => void seen.push("pressed"))
    const pressed = put(pressUpdate("a"))
    if (isDurable) await pressed
    await queues.age(name, 151_000)
    dispatcher.start()
    await pressed
    await next()
    expect(seen).toEqual(["next 1"])
    expect(logger.errors).toEqual([expect.stringContaining("too old to be answered")])
  })

  test("an update beyond the capacity is refused with 503, and is new when it is sent again", async () => {
    queue = queues.open(name, 1)
    const body = (update: Update) => JSON.stringify(update)
    const [first, second] = [textIn(7), textIn(7, "y")]
    const firstAnswer = answerTo(queue, body(first))
    if (isDurable) await firstAnswer
    expect(await answerTo(queue, body(second))).toBe(503)
    dispatch().start()
    expect(await firstAnswer).toBe(200)
    await untilTrue(() => seen.length === 1)
    await untilTrue(async () => (await answerTo(queue, body(second))) === 200)
    await untilTrue(() => seen.length === 2)
    expect(seen).toEqual(["x 1", "y 1"])
  })

  test("an update that waits at a shutdown is delivered again, and a running handler finishes", async () => {
    const began = deferred()
    const gate = deferred()
    const dispatcher = new Dispatcher({ bot, queue, logger })
    dispatcher.on(filters.text, async (ctx) => {
      began.resolve()
      await gate.promise
      seen.push(`${ctx.message.text} ${ctx.attempt}`)
    })
    dispatcher.start()
    const [running, waiting] = [textIn(7), textIn(7, "waits")]
    const ends = [put(running), put(waiting)].map((end) =>
      end.catch(({ code }: SounderError) => code),
    )
    await began.promise
    const stopped = dispatcher.stop()
    gate.resolve()
    const { handled, handedBack, unknown } = await stopped
    expect([handled, unknown]).toEqual([[referenceOf(running)], []])
    // A store keeps waiting updates, and does not report them.
    expect(handedBack).toEqual(isDurable ? [] : [referenceOf(waiting)])
    expect((await Promise.all(ends))[1]).toBe(isDurable ? undefined : "handed-back")
    dispatch().start()
    if (!isDurable) await put(waiting)
    await untilTrue(() => seen.length === 2)
    expect(seen).toEqual(["x 1", "waits 1"])
  })

  test("an update still running at the deadline of a shutdown is handed back and delivered again", async () => {
    const began = deferred()
    const dispatcher = new Dispatcher({ bot, queue, logger })
    dispatcher.on(filters.text, async ({ signal }) => {
      began.resolve()
      await new Promise((_resolve, reject) =>
        signal.addEventListener("abort", () => reject(signal.reason as Error)),
      )
    })
    dispatcher.start()
    const update = textIn(7)
    const end = put(update).catch(({ code }: SounderError) => code)
    await began.promise
    const stoppedAt = performance.now()
    const { handled, handedBack, unknown } = await dispatcher.stop({ deadlineMs: 10 })
    // A store that answers later than the grace after the deadline leaves the update unknown.
    const isLate = isDurable && performance.now() - stoppedAt > 250
    expect([handled, isLate ? [] : unknown]).toEqual([[], []])
    expect(isLate ? [...handedBack, ...unknown] : handedBack).toEqual([referenceOf(update)])
    expect(await end).toBe(isDurable ? undefined : "handed-back")
    dispatch().start()
    if (!isDurable) await put(update)
    await untilTrue(() => seen.length === 1)
    expect(seen).toEqual(["x 1"])
  })

  test("an update that Telegram sends twice is handled once", async () => {
    const gate = deferred()
    const dispatcher = new Dispatcher({ bot, queue, logger })
    onTestFinished(() => void dispatcher.stop({ deadlineMs: 0 }))
    dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "x") await gate.promise
      seen.push(`${ctx.message.text} ${ctx.attempt}`)
    })
    const update = textIn(7)
    const first = put(update)
    const whileWaiting = put(update)
    dispatcher.start()
    const whileRunning = put(update)
    gate.resolve()
    await Promise.all([first, whileWaiting, whileRunning])
    await next()
    await put(update)
    await next()
    expect(seen).toEqual(["x 1", "next 1", "next 1"])
  })
})
