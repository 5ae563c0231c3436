import { beforeEach, describe, expect, test } from "vitest"
import { filters, type Router } from "../../src/index.js"
import { fromMarkdown } from "../../src/markdown/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { session } from "../../src/session/index.js"
import {
  type StreamedAnswer,
  streaming,
  type StreamContext,
  type StreamOptions,
} from "../../src/stream/index.js"
import { peopleEach } from "../support/people.js"
import { deferred, untilTrue } from "../support/waiting.js"
import { at, Pieces } from "./pieces.js"

const stage = peopleEach()
const patience = { timeoutMs: 60_000 }
let pieces: Pieces
let answers: StreamedAnswer[]
let errors: unknown[]
let bot: Router<StreamContext>

beforeEach(() => {
  pieces = new Pieces()
  ready()
})

function ready() {
  ;[answers, errors] = [[], []]
  bot = streaming(stage.dispatcher, { paceMs: 10 })
  stage.dispatcher.catch((error) => void errors.push(error.cause))
}

async function begin(options: StreamOptions = {}) {
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream(pieces, options))
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
}

/** Waits for the draft with a text. */
async function seesDraft(text: string) {
  for (;;) {
    const draft = await stage.ada.seesDraft(patience)
    if (draft.text === text) return draft
  }
}

const sentTexts = () => stage.calls("sendMessage").map(({ params }) => params["text"])

describe("Stop", () => {
  test("ends the source and the signal, and sends the part that has come", async () => {
    const signals: AbortSignal[] = []
    bot.on(filters.text, async (ctx) => {
      signals.push(ctx.signal)
      answers.push(await ctx.stream(pieces, { format: fromMarkdown }))
    })
    await stage.updater.startPolling()
    await stage.ada.send(stage.account, "a question")
    pieces.give("A **long")
    await stage.ada.stop(await seesDraft("A long"))
    await pieces.returned
    expect(await stage.ada.hears(patience)).toMatchObject({
      text: "A long",
      entities: [{ type: "bold", offset: 2, length: 4 }],
    })
    await untilTrue(() => answers.length === 1)
    expect(answers[0]).toMatchObject({ isStopped: true, text: "A **long" })
    expect([signals[0]?.aborted, errors]).toEqual([true, []])
  })

  test("before the first piece ends the source, and sends nothing", async () => {
    await begin()
    await stage.ada.stop(await seesDraft(""))
    await pieces.returned
    await untilTrue(() => answers.length === 1)
    expect(answers).toEqual([{ messages: [], text: "", isStopped: true }])
    expect([sentTexts(), errors]).toEqual([[], []])
  })

  test("after the last piece changes nothing: the whole answer is sent once", async () => {
    const [sending, stopped] = [deferred(), deferred()]
    stage.bot.use(async (call, next) => {
      if (call.method === "sendMessage") {
        sending.resolve()
        await stopped.promise
      }
      return next(call)
    })
    const signals: AbortSignal[] = []
    bot.use((ctx, next) => (signals.push(ctx.signal), next()))
    await begin()
    pieces.give("whole")
    const draft = await seesDraft("whole")
    pieces.end()
    await sending.promise
    await stage.ada.stop(draft)
    await untilTrue(() => signals[0]?.aborted === true)
    stopped.resolve()
    await untilTrue(() => answers.length === 1)
    expect(answers).toMatchObject([{ text: "whole", isStopped: false }])
    expect([sentTexts(), errors]).toEqual([["whole"], []])
  })

  test("pressed twice sends the part once", async () => {
    await begin()
    pieces.give("part")
    const draft = await seesDraft("part")
    await Promise.all([stage.ada.stop(draft), stage.ada.stop(draft)])
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
    await untilTrue(() => answers.length === 1)
    expect([sentTexts(), errors]).toEqual([["part"], []])
  })

  test("by choice drops the part, and the messages that show it", async () => {
    await begin({ onStop: "drop" })
    pieces.give("word ".repeat(900))
    const first = await stage.ada.hears(patience)
    await stage.ada.stop(await seesDraft("word ".repeat(81).trimEnd()))
    await untilTrue(() => answers.length === 1)
    expect(answers[0]).toMatchObject({ messages: [], isStopped: true })
    expect(stage.calls("deleteMessage").map(({ params }) => params["message_id"])).toEqual([
      `${first.message_id}`,
    ])
  })

  test("by choice sends another text in place of the part", async () => {
    await begin({ onStop: (text) => `${text} …` })
    pieces.give("part")
    await stage.ada.stop(await seesDraft("part"))
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "part …" })
    await untilTrue(() => answers.length === 1)
    expect(answers[0]).toMatchObject({ text: "part" })
  })

  test("of one draft does not stop the answer in another chat", async () => {
    const bobs = new Pieces()
    bot.on(filters.text, async (ctx) => {
      answers.push(await ctx.stream(ctx.from?.id === stage.bob.id ? bobs : pieces))
    })
    await stage.updater.startPolling()
    await stage.ada.send(stage.account, "x")
    await stage.bob.send(stage.account, "y")
    bobs.give("for Bob")
    await stage.ada.stop(await seesDraft(""))
    await untilTrue(() => answers.length === 1)
    bobs.end()
    expect(await stage.bob.hears(patience)).toMatchObject({ text: "for Bob" })
  })

  test("keeps what the handler writes to its session after the part", async () => {
    const history = session("history", { initial: () => ({ answers: [] as string[] }) })
    bot.derive(history).on(filters.text, async (ctx) => {
      if (ctx.message.text === "?") return ctx.reply(ctx.history.answers.join())
      const { text } = await ctx.stream(pieces)
      ctx.history.answers.push(text)
      return undefined
    })
    await stage.updater.startPolling()
    await stage.ada.send(stage.account, "a question")
    pieces.give("half an answer")
    await stage.ada.stop(await seesDraft("half an answer"))
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "half an answer" })
    await stage.ada.send(stage.account, "?")
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "half an answer" })
  })

  test("has no button with `canStop: false`", async () => {
    await begin({ canStop: false })
    expect((await stage.ada.seesDraft(patience)).canStop).toBeUndefined()
    pieces.end()
  })
})

test("an interrupting command stops the answer as Stop does, and a stream after it begins nothing", async () => {
  bot.command("cancel", (ctx) => ctx.reply("Cancelled"), { interrupts: true })
  let isCalled = false
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream(pieces))
    answers.push(await ctx.stream(() => ((isCalled = true), at("more"))))
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
  pieces.give("part")
  await seesDraft("part")
  await stage.ada.send(stage.account, "/cancel")
  expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
  expect(await stage.ada.hears(patience)).toMatchObject({ text: "Cancelled" })
  expect(answers).toMatchObject([
    { text: "part", isStopped: true },
    { text: "", isStopped: true, messages: [] },
  ])
  expect([isCalled, errors]).toEqual([false, []])
})

test("the function of a source gets a signal that aborts with Stop", async () => {
  const signals: AbortSignal[] = []
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream((signal) => (signals.push(signal), pieces)))
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
  await stage.ada.stop(await seesDraft(""))
  await untilTrue(() => answers.length === 1)
  expect(signals.map(({ aborted }) => aborted)).toEqual([true])
})

describe("a source that throws in the middle", () => {
  const broken = new RangeError("the model is gone")

  test("leaves the part that has come, and the handler gets the error", async () => {
    await begin()
    pieces.give("part")
    await seesDraft("part")
    pieces.end(broken)
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
    await untilTrue(() => errors.length === 1)
    expect([errors, answers]).toEqual([[broken], []])
  })

  test("by choice leaves nothing", async () => {
    await begin({ onError: "drop" })
    pieces.give("part")
    await seesDraft("part")
    pieces.end(broken)
    await untilTrue(() => errors.length === 1)
    expect([errors, sentTexts()]).toEqual([[broken], []])
  })

  test("by choice leaves another text", async () => {
    await begin({ onError: (text, error) => `${text}\n\n(${(error as Error).message})` })
    pieces.give("part")
    pieces.end(broken)
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "part\n\n(the model is gone)" })
    await untilTrue(() => errors.length === 1)
  })

  test("is asked again by the retry, which replaces the part by the answer", async () => {
    await stage.deploy({ attempts: { max: 2, backoff: () => 1 } })
    ready()
    const group = stage.telegram.group({ title: "Readers" }, stage.ada, stage.account)
    const sources = [pieces, new Pieces()]
    bot.command("ask", async (ctx) => {
      answers.push(await ctx.stream(sources[ctx.attempt - 1] ?? at()))
    })
    await stage.updater.startPolling()
    await stage.ada.send(group, "/ask")
    pieces.give("part")
    expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
    pieces.end(broken)
    sources[1]?.give("the whole answer")
    sources[1]?.end()
    await untilTrue(() => answers.length === 1)
    expect(answers).toMatchObject([{ messages: [{ text: "the whole answer" }] }])
    expect(sentTexts()).toEqual(["part"])
  })
})

test("a handler that fails after its answer does not send it again when it is retried", async () => {
  await stage.deploy({ attempts: { max: 3, backoff: () => 1 } })
  ready()
  let asked = 0
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream(() => ((asked += 1), at(`answer ${ctx.attempt}`))))
    if (ctx.attempt < 3) throw new Error("the database is gone")
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
  await untilTrue(() => answers.length === 3)
  expect([asked, sentTexts()]).toEqual([1, ["answer 1"]])
  expect(answers[2]).toEqual(answers[0])
  expect(answers[2]).toMatchObject({ text: "answer 1", messages: [{ text: "answer 1" }] })
  await untilTrue(async () => {
    await stage.updater.stop({ deadlineMs: 1_000 })
    const key = { botId: stage.bot.id, space: "sounder stream", key: "1:0" }
    return (await stage.queue.state.read([key]))[0] === undefined
  })
})

test("a handler that runs again because its writes met those of another update sends its answer once", async () => {
  const key = { botId: stage.bot.id, space: "s", key: "k" }
  let [asked, runs] = [0, 0]
  bot.on(filters.text, async (ctx) => {
    runs += 1
    await ctx.state.get("s", "k")
    answers.push(await ctx.stream(() => ((asked += 1), at("answer"))))
    if (runs === 1) await stage.queue.state.write([{ kind: "set", key, json: '"other"' }])
    ctx.state.set("s", "k", runs)
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
  await untilTrue(() => answers.length === 2)
  expect([runs, asked, sentTexts()]).toEqual([2, 1, ["answer"]])
})

test("an error of a source that the stream ends is ignored", async () => {
  pieces.give("part")
  const source: AsyncIterable<string> = {
    [Symbol.asyncIterator]: () => ({
      next: pieces[Symbol.asyncIterator]().next,
      return: () => Promise.reject(new Error("already closed")),
    }),
  }
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream(source))
  })
  await stage.updater.startPolling()
  await stage.ada.send(stage.account, "a question")
  await stage.ada.stop(await seesDraft("part"))
  expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
  expect(errors).toEqual([])
})

test("a stop of the program ends the source without an answer, which the next start sends", async () => {
  await begin()
  pieces.give("part")
  await seesDraft("part")
  const verdict = await stage.updater.stop({ deadlineMs: 50 })
  await pieces.returned
  expect([answers, errors, sentTexts()]).toEqual([[], [], []])
  expect(verdict.handedBack).toHaveLength(1)
  stage.queue = new MemoryQueue()
  await stage.deploy()
  ready()
  bot.on(filters.text, async (ctx) => {
    answers.push(await ctx.stream(at("the whole ", "answer")))
  })
  await stage.updater.startPolling()
  expect(await stage.ada.hears(patience)).toMatchObject({ text: "the whole answer" })
  await untilTrue(() => answers.length === 1)
  expect(sentTexts()).toEqual(["the whole answer"])
})

test("a handler that exceeds its time leaves the part that has come", async () => {
  await stage.deploy({ handlerTimeoutMs: 3_000 })
  ready()
  stage.dispatcher.catch((error) => void errors.push(error))
  await begin()
  pieces.give("part")
  expect(await stage.ada.hears(patience)).toMatchObject({ text: "part" })
  await pieces.returned
  expect(errors).toContainEqual(expect.objectContaining({ code: "handler-timeout" }))
})

describe("a function that returns no text is an error which names the option:", () => {
  test("`format`", async () => {
    await begin({ format: () => 5 as never })
    pieces.give("one")
    pieces.end()
    await untilTrue(() => errors.length > 0)
    expect(String(errors[0])).toBe(
      "TypeError: Expected `format` to return a text, got `5` (number).",
    )
    expect(sentTexts()).toEqual([])
  })

  test("`onError`", async () => {
    await begin({ onError: () => undefined as never })
    pieces.end(new Error("The model is away"))
    await untilTrue(() => errors.length > 0)
    expect(String(errors[0])).toBe("TypeError: Expected `onError` to return a text, got undefined.")
  })
})
