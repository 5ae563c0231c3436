import { afterEach, beforeEach, describe, expect, test, vi } from "vitest"
import { Bot } from "../../../src/bot/index.js"
import { Dispatcher } from "../../../src/dispatch/index.js"
import { Forbidden } from "../../../src/telegram/errors.js"
import { RecordingLogger } from "../../support/recording-logger.js"
import {
  group,
  messageUpdate,
  textUpdate,
  token,
  updateWith,
  withContext,
} from "../../support/updates.js"

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** Returns a bot whose calls of `sendChatAction` are recorded and answered by a function. */
function actingBot(answer: () => unknown = () => true) {
  const sent: { params: unknown; signal: AbortSignal | undefined }[] = []
  const bot = new Bot(token, {
    onCall: async ({ params, signal }) => {
      sent.push({ params, signal })
      return answer()
    },
  })
  return { bot, sent }
}

const workFor = (ms: number) => () =>
  new Promise<string>((resolve) => setTimeout(resolve, ms, "done"))

describe("`ctx.chatAction`", () => {
  test("sends the action at once and every 4 seconds, until the work has ended", async () => {
    const { bot, sent } = actingBot()
    let result: unknown
    const acting = withContext(bot, textUpdate("x"), async (ctx) => {
      result = await ctx.chatAction("typing", workFor(9_000))
    })
    await vi.advanceTimersByTimeAsync(0)
    expect(sent).toHaveLength(1)
    await vi.advanceTimersByTimeAsync(60_000)
    await acting
    expect([sent.length, result]).toEqual([3, "done"])
    expect(sent[0]?.params).toEqual({ chat_id: 7, action: "typing" })
  })

  test("goes to the topic and the business account of the update", async () => {
    const { bot, sent } = actingBot()
    const inTopic = { chat: group, is_topic_message: true, message_thread_id: 5 }
    const act = (ctx: { chatAction: (action: "typing", work: () => number) => unknown }) =>
      ctx.chatAction("typing", () => 1)
    await withContext(bot, messageUpdate(inTopic), act)
    const business = messageUpdate({ business_connection_id: "c" }).message
    await withContext(bot, updateWith({ business_message: business }), act)
    expect(sent.map(({ params }) => params)).toEqual([
      { chat_id: group.id, message_thread_id: 5, action: "typing" },
      { chat_id: 7, business_connection_id: "c", action: "typing" },
    ])
  })

  test("rejects with the error of the work, and ends the action", async () => {
    const { bot, sent } = actingBot()
    const failing = withContext(bot, textUpdate("x"), (ctx) =>
      ctx.chatAction("typing", () => {
        throw new Error("broken")
      }),
    )
    await expect(failing).rejects.toThrow("broken")
    await vi.advanceTimersByTimeAsync(60_000)
    expect(sent).toHaveLength(1)
  })

  test("ends with `ctx.signal`, while the work still runs", async () => {
    const { bot, sent } = actingBot()
    const dispatcher = new Dispatcher({
      bot,
      handlerTimeoutMs: 5_000,
      logger: new RecordingLogger(),
    })
    dispatcher.use((ctx) => ctx.chatAction("typing", workFor(60_000)))
    const handled = dispatcher.process(textUpdate("x"))
    await vi.advanceTimersByTimeAsync(120_000)
    await handled
    expect(sent).toHaveLength(2)
  })

  test("aborts a call in flight when the work has ended, so that it does not come after the answer", async () => {
    const { bot, sent } = actingBot(() => new Promise(() => {}))
    const acting = withContext(bot, textUpdate("x"), (ctx) =>
      ctx.chatAction("typing", workFor(100)),
    )
    await vi.advanceTimersByTimeAsync(100)
    expect(sent[0]?.signal?.aborted).toBe(true)
    await acting
  })

  test("a refused action is not sent again, and does not fail the work", async () => {
    const { bot, sent } = actingBot(() => {
      throw new Forbidden({ method: "sendChatAction", errorCode: 403, description: "blocked" })
    })
    const acting = withContext(bot, textUpdate("x"), (ctx) =>
      ctx.chatAction("typing", workFor(20_000)),
    )
    await vi.advanceTimersByTimeAsync(20_000)
    await acting
    expect(sent).toHaveLength(1)
  })

  test("another failure of the action is tried again, and does not fail the work", async () => {
    const { bot, sent } = actingBot(() => {
      throw new Error("no network")
    })
    const acting = withContext(bot, textUpdate("x"), (ctx) =>
      ctx.chatAction("typing", workFor(9_000)),
    )
    await vi.advanceTimersByTimeAsync(20_000)
    await acting
    expect(sent).toHaveLength(3)
  })

  test("rejects in an update without a chat, and does not begin the work", async () => {
    const { bot } = actingBot()
    const work = vi.fn<() => void>()
    const acting = withContext(bot, updateWith({ poll: { id: "p" } }), (ctx) =>
      ctx.chatAction("typing", work),
    )
    await expect(acting).rejects.toThrow(TypeError)
    expect(work).not.toHaveBeenCalled()
  })
})
