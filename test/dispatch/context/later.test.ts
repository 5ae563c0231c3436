import { expect, test } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import type { Context } from "../../../src/dispatch/index.js"
import { job } from "../../../src/jobs/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import type { ApiParameters } from "../../../src/telegram/api.js"
import { InputFile } from "../../../src/telegram/input-file.js"
import { bold, fmt } from "../../../src/text/index.js"
import { dispatchedEach, textIn } from "../../support/dispatched.js"
import { adasChat, keptBot, textUpdate, token, withContext } from "../../support/updates.js"
import { untilTrue } from "../../support/waiting.js"

const stage = dispatchedEach()

/** Calls `act` in a handler, and returns the promised calls that the bot then makes. */
async function promisedIn(act: (ctx: Context) => unknown, update = textIn(7)) {
  const { bot, calls } = keptBot()
  stage.queue = new MemoryQueue()
  stage.dispatcher = stage.dispatcherWith({ bot })
  stage.dispatcher.message(async (ctx) => {
    await act(ctx)
    // The last call, by which the test knows that the others were made.
    await ctx.later("sendMessage", { chat_id: 7, text: "end" })
  })
  stage.dispatcher.catch((error) => {
    throw error
  })
  stage.dispatcher.start()
  await stage.queue.put({ botId: bot.id, update })
  await untilTrue(() => calls.length > 0 && isEnd(calls.at(-1)?.params))
  return calls.slice(0, -1)
}

function isEnd(params: unknown): boolean {
  return (params as { text?: string }).text === "end"
}

/** Returns the error of a call of `later` in a handler. */
async function refusalOf(act: (ctx: Context) => Promise<void>): Promise<unknown> {
  let refusal: unknown
  await promisedIn(async (ctx) => {
    refusal = await act(ctx).catch((error: unknown) => error)
  })
  return refusal
}

test("the chat and the topic of the update are filled in", async () => {
  const chat = { id: -1007, type: "supergroup", title: "Forum", is_forum: true }
  const topic = textUpdate("x", { chat, is_topic_message: true, message_thread_id: 5 })
  const calls = await promisedIn(async (ctx) => {
    await ctx.later("sendMessage", { chat_id: 7, text: "elsewhere" })
    await ctx.later("sendPhoto", { photo: "file_id", chat_id: 7 })
  }, topic)
  expect(calls).toEqual([
    { method: "sendMessage", params: { chat_id: 7, text: "elsewhere" } },
    { method: "sendPhoto", params: { chat_id: 7, photo: "file_id" } },
  ])
  const filled: unknown[] = []
  await promisedIn(async (ctx) => {
    await ctx.later("sendMessage", { text: "here" })
    filled.push(...ctx.state.writes)
  }, topic)
  expect(filled).toMatchObject([
    {
      own: {
        lane: "later:-1007",
        data: { params: { chat_id: -1007, message_thread_id: 5, text: "here" } },
      },
    },
  ])
})

test("files are a file_id, a URL or a path, which are read when the call is made", async () => {
  const calls = await promisedIn(async (ctx) => {
    await ctx.later("sendDocument", { document: InputFile.path("/a/b.pdf"), caption: "c" })
    await ctx.later("sendPhoto", { photo: InputFile.url("https://a.example/b.png") })
    await ctx.later("sendMediaGroup", {
      media: [
        { type: "photo", media: InputFile.path("/a/one.png", { filename: "1.png" }) },
        { type: "photo", media: "file_id" },
      ],
    })
  })
  expect(calls.map(({ params }) => params)).toEqual([
    { chat_id: 7, caption: "c", document: InputFile.path("/a/b.pdf") },
    { chat_id: 7, photo: InputFile.url("https://a.example/b.png") },
    {
      chat_id: 7,
      media: [
        { type: "photo", media: InputFile.path("/a/one.png", { filename: "1.png" }) },
        { type: "photo", media: "file_id" },
      ],
    },
  ])
})

test("the bot's defaults are those of a direct call", async () => {
  const defaults = { parse_mode: "HTML", disable_notification: true } as const
  const sent: unknown[] = []
  const transport = {
    send: async ({ body }: { body?: unknown }) => {
      sent.push(JSON.parse(String(body)))
      return { status: 200, headers: {}, body: '{"ok":true,"result":true}' }
    },
    open: () => expect.unreachable(),
    [Symbol.asyncDispose]: async () => {},
  }
  const bot = new Bot(token, { defaults, transport })
  stage.dispatcher = stage.dispatcherWith({ bot })
  const messages: Omit<ApiParameters<"sendMessage">, "chat_id">[] = [
    { text: "<b>plain</b>" },
    { text: "1 < 2", parse_mode: null },
    { text: fmt`1 < 2` },
    { text: fmt`${bold("1 < 2")}` },
    { text: "1 < 2", entities: [] },
    { text: "*x*", parse_mode: "MarkdownV2", disable_notification: null },
  ]
  const media = [
    { type: "photo", media: "file_id", caption: fmt`1 < 2` },
    { type: "photo", media: "file_id", caption: "<b>plain</b>" },
  ] as const
  stage.dispatcher.message(async (ctx) => {
    for (const message of messages) await ctx.later("sendMessage", message)
    await ctx.later("sendMediaGroup", { media })
  })
  stage.dispatcher.start()
  await stage.queue.put({ botId: bot.id, update: textIn(7) })
  const count = messages.length + 1
  await untilTrue(() => sent.length === count)
  for (const message of messages) await bot.sendMessage({ chat_id: 7, ...message })
  await bot.sendMediaGroup({ chat_id: 7, media })
  expect(sent.slice(0, count)).toEqual(sent.slice(count))
  expect(sent[0]).toMatchObject({ text: "<b>plain</b>", parse_mode: "HTML" })
  expect(sent[2]).toEqual({ chat_id: 7, text: "1 < 2", disable_notification: true })
})

test("bytes, a stream and a value that JSON cannot represent are refused with their place", async () => {
  const bytes = InputFile.bytes("x")
  const media = [{ type: "photo" as const, media: bytes }]
  const refusals = [
    await refusalOf((ctx) => ctx.later("sendDocument", { document: bytes })),
    await refusalOf((ctx) => ctx.later("sendMediaGroup", { media })),
    await refusalOf((ctx) =>
      ctx.later("sendPhoto", { photo: InputFile.stream(new Blob(["x"]).stream()) }),
    ),
    await refusalOf((ctx) =>
      ctx.later("sendMessage", { text: "x", reply_parameters: { message_id: Number.NaN } }),
    ),
  ]
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(TypeError)
  expect(refusals.map(String)).toEqual([
    expect.stringContaining("`document` of sendDocument to be a file that exists when"),
    expect.stringContaining("`media[0].media` of sendMediaGroup"),
    expect.stringContaining("got a stream: pass a file_id, a URL or `InputFile.path(…)`"),
    expect.stringContaining("`reply_parameters.message_id` of sendMessage"),
  ])
})

test.for([
  ["answerCallbackQuery", "only for seconds"],
  ["answerInlineQuery", "only for seconds"],
  ["answerPreCheckoutQuery", "only for seconds"],
  ["answerWebAppQuery", "only for seconds"],
  ["getChat", "its result would be lost"],
  ["setWebhook", "outside of handlers"],
  ["send Message", "a name of letters only"],
])("%s is refused: %s", async ([method, reason]) => {
  // A program in JavaScript can pass any name.
  const refusal = await refusalOf((ctx) => ctx.later(method as "sendMessage", { text: "x" }))
  expect(refusal).toBeInstanceOf(TypeError)
  expect(String(refusal)).toContain(reason)
})

test("a wrong rule, a wrong key, a missing chat and a missing queue are refused", async () => {
  const refusals = [
    await refusalOf((ctx) => ctx.later("sendMessage", { text: "x" }, { unsure: "no" as "skip" })),
    await refusalOf((ctx) => ctx.later("sendMessage", { text: "x" }, { key: "" })),
  ]
  const { bot } = keptBot()
  const query = { update_id: 1, inline_query: { id: "1", from: adasChat, query: "", offset: "" } }
  for (const update of [query as never, textIn(7)]) {
    await withContext(bot, update, async (ctx) => {
      // `withContext` passes a context of every type.
      const { later } = ctx as Context
      const promise = later.call(ctx, "sendMessage", { text: "x" })
      refusals.push(await promise.catch((error: unknown) => error))
    })
  }
  for (const refusal of refusals) expect(refusal).toBeInstanceOf(TypeError)
  expect(refusals.map(String)).toEqual([
    expect.stringContaining('`unsure` option to be "repeat" or "skip"'),
    expect.stringContaining("`key` option to be a string that is not empty"),
    expect.stringContaining("ctx.later() needs a chat"),
    expect.stringContaining("a queue that keeps state"),
  ])
})

test("a job and an error handler promise calls, too", async () => {
  const { bot, calls } = keptBot()
  stage.dispatcher = stage.dispatcherWith({ bot })
  const remind = job("remind")
  remind.handle(stage.dispatcher, (ctx) => ctx.later("sendMessage", { text: "job" }))
  stage.dispatcher.message(async (ctx) => {
    await ctx.later("sendMessage", { text: "lost" })
    throw new Error("failed")
  })
  stage.dispatcher.catch(async (_error, ctx) => {
    await ctx.later("sendMessage", { text: "sorry" }, { key: "sorry" })
  })
  stage.dispatcher.start()
  await remind.runOnce({ queue: stage.queue, botId: bot.id, chatId: 7 }, { inMs: 0 })
  await stage.put(textIn(7))
  await untilTrue(() => calls.length === 2)
  expect(calls.map(({ params }) => params)).toEqual(
    expect.arrayContaining([
      { chat_id: 7, text: "job" },
      { chat_id: 7, text: "sorry" },
    ]),
  )
})

test("the names of events that Sounder handles itself are refused", () => {
  expect(() => stage.dispatcher.event("sounder:later", () => {})).toThrow(TypeError)
})
