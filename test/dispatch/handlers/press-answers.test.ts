import { describe, expect, test, vi } from "vitest"
import { Dispatcher, type DispatcherOptions } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { ApiError } from "../../../src/telegram/errors.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import { keptBot, pressUpdate } from "../../support/updates.js"

const id = { callback_query_id: "q1" }
const tooOld = { ...id, text: "This button is too old." }

/** Handles a press. Returns the answers of the bot, and the log. */
async function answersOf(
  register: (dispatcher: Dispatcher) => unknown,
  options: Partial<DispatcherOptions> = {},
  answer?: () => unknown,
) {
  const { bot, calls } = keptBot(answer)
  const logger = new RecordingLogger()
  const dispatcher = new Dispatcher({ bot, logger, ...options })
  register(dispatcher)
  await dispatcher.process(pressUpdate("a"))
  const answers = calls.filter(({ method }) => method === "answerCallbackQuery")
  return { answers: answers.map(({ params }) => params), lines: logger.lines }
}

describe("a press is answered when its handlers have ended", () => {
  test("if none has answered it", async () => {
    expect(await answersOf((d) => d.callbackQuery(() => {}))).toEqual({ answers: [id], lines: [] })
  })

  test("also after a throw, when the error handlers have ended", async () => {
    const throwing = (d: Dispatcher) => {
      d.catch((_error, ctx) => (ctx.isStale ? undefined : Promise.resolve()))
      d.callbackQuery(() => Promise.reject(new Error("x")))
    }
    expect((await answersOf(throwing)).answers).toEqual([id])
    const answering = (d: Dispatcher) => {
      d.catch((_error, ctx) => ctx.bot.answerCallbackQuery({ ...id, text: "Sorry" }))
      d.callbackQuery(() => Promise.reject(new Error("x")))
    }
    expect((await answersOf(answering)).answers).toEqual([{ ...id, text: "Sorry" }])
  })

  test("also after a throw of a middleware in front of its handler", async () => {
    const throwing = (d: Dispatcher) => {
      d.catch(() => {})
      d.use(() => Promise.reject(new Error("x")))
      d.callbackQuery(() => {})
    }
    expect((await answersOf(throwing)).answers).toEqual([id])
  })

  test("also after the time limit of its handlers", async () => {
    const slow = (d: Dispatcher) => {
      d.catch(() => {})
      d.callbackQuery(
        (ctx) => new Promise((resolve) => ctx.signal.addEventListener("abort", resolve)),
      )
    }
    expect((await answersOf(slow, { handlerTimeoutMs: 5 })).answers).toEqual([id])
  })

  test("with the text that its button is too old, if it has reached no handler", async () => {
    const passing = (d: Dispatcher) => {
      d.use((_ctx, next) => next())
      d.callbackQuery("b", () => {})
    }
    expect((await answersOf(passing)).answers).toEqual([tooOld])
    const inGroup = (d: Dispatcher) => {
      passing(d)
      d.group(1).callbackQuery((ctx) => void ctx.callbackQuery.id)
    }
    expect((await answersOf(inGroup)).answers).toEqual([id])
  })

  test("in the HTTP response of the webhook, if that is free", async () => {
    const { bot, calls } = keptBot()
    const dispatcher = new Dispatcher({ bot })
    dispatcher.callbackQuery(() => {})
    const offers: unknown[] = []
    const response = {
      offer: ({ json }: { json: string }) => offers.push(JSON.parse(json)) > 0,
      withdraw: () => {},
    }
    await dispatcher.process(pressUpdate("a"), { response })
    expect([offers, calls]).toEqual([[{ method: "answerCallbackQuery", ...id }], []])
  })
})

describe("a press is not answered again", () => {
  test.each<[string, (d: Dispatcher) => unknown]>([
    ["by ctx.answer", (d) => d.callbackQuery((ctx) => ctx.answer())],
    ["by the bot", (d) => d.callbackQuery((ctx) => ctx.bot.answerCallbackQuery(id))],
    ["by ctx.respond", (d) => d.callbackQuery((ctx) => ctx.respond("answerCallbackQuery", {}))],
    ["by a call that nothing awaits", (d) => d.callbackQuery((ctx) => void ctx.answer())],
    ["by a middleware", (d) => d.use((ctx) => ctx.bot.answerCallbackQuery(id))],
  ])("if it was answered %s", async (_, register) => {
    expect((await answersOf(register)).answers).toEqual([id])
  })

  test("if `autoAnswer` is off", async () => {
    const register = (d: Dispatcher) => d.callbackQuery(() => {})
    expect((await answersOf(register, { autoAnswer: false })).answers).toEqual([])
    expect(() => new Dispatcher({ bot: keptBot().bot, autoAnswer: 1 as never })).toThrow(TypeError)
  })

  test("if a middleware has handled it, as that of another library", async () => {
    expect((await answersOf((d) => d.use(() => {}))).answers).toEqual([])
    expect(
      (
        await answersOf((d) =>
          d.on(
            () => true,
            () => {},
          ),
        )
      ).answers,
    ).toEqual([])
  })

  test("if the program has no handler of presses", async () => {
    expect((await answersOf((d) => d.message(() => {}))).answers).toEqual([])
  })

  test("before the last attempt of its update", async () => {
    const [queue, logger, { bot, calls }] = [new MemoryQueue(), new RecordingLogger(), keptBot()]
    const dispatcher = new Dispatcher({
      bot,
      queue,
      logger,
      attempts: { max: 3, backoff: () => 1 },
    })
    const attempts: number[] = []
    dispatcher.catch(() => {})
    dispatcher.callbackQuery((ctx) => {
      attempts.push(ctx.attempt)
      throw new Error("x")
    })
    dispatcher.start()
    await queue.put({ botId: bot.id, update: pressUpdate("a") })
    await vi.waitFor(() => expect(calls).toHaveLength(1))
    expect(attempts).toEqual([1, 2, 3])
    await dispatcher.stop()
    await queue[Symbol.asyncDispose]()
  })
})

describe("an answer that Telegram refuses", () => {
  const refusing = (description: string) => () => {
    throw new ApiError({ method: "answerCallbackQuery", errorCode: 400, description })
  }
  const late = refusing(
    "Bad Request: query is too old and response timeout expired or query ID is invalid",
  )

  test("because the query is too old is never an error", async () => {
    const results: unknown[] = []
    const answering = (d: Dispatcher) =>
      d.callbackQuery(async (ctx) => {
        results.push(await ctx.answer("Late"))
        results.push(await ctx.respond("answerCallbackQuery", { text: "Later" }))
      })
    expect((await answersOf(answering, {}, late)).lines).toEqual([])
    expect(results).toEqual([true, undefined])
    expect((await answersOf((d) => d.callbackQuery(() => {}), {}, late)).lines).toEqual([])
  })

  test("for another reason is an error of ctx.answer, and logged if Sounder has made the call", async () => {
    const other = refusing("Bad Request: MESSAGE_TOO_LONG")
    const errors: unknown[] = []
    const answering = (d: Dispatcher) => {
      d.catch((error) => void errors.push(error.cause))
      d.callbackQuery((ctx) => ctx.answer("x"))
    }
    await answersOf(answering, {}, other)
    expect(errors).toMatchObject([{ errorCode: 400 }])
    const { lines } = await answersOf((d) => d.callbackQuery(() => {}), {}, other)
    expect(lines).toEqual([expect.stringMatching(/Could not answer the press of update \d+/)])
  })
})
