import { describe, expect, onTestFinished, test } from "vitest"
import { registerDraft } from "../../../src/dispatch/context/drafts.js"
import {
  type Context,
  filters,
  type HandlerOptions,
  HandlerTimeout,
  Interrupted,
  Router,
} from "../../../src/dispatch/index.js"
import { type HandlingOutcome, updateHandled } from "../../../src/events/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { reasonOf, rejectedBy } from "../../support/aborts.js"
import { dispatchedEach, reference, textIn } from "../../support/dispatched.js"
import {
  adasChat,
  keptBot,
  namedBot,
  pressUpdate,
  textUpdate,
  updateWith,
} from "../../support/updates.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const stage = dispatchedEach()
const interrupts: HandlerOptions = { interrupts: true }
const cancel = textUpdate("/cancel")
const key = { botId: 110, space: "s", key: "k" }

/** Subscribes to the outcomes of handlings, until the test ends. */
function outcomes(): HandlingOutcome[] {
  const heard: HandlingOutcome[] = []
  onTestFinished(updateHandled.subscribe(({ outcome }) => heard.push(outcome)))
  return heard
}

/** Registers a handler of texts, and returns a promise of its context. Default: waits for its abort. */
function onText(
  handler: (ctx: Context) => unknown = (ctx) => rejectedBy(ctx.signal),
): Promise<Context> {
  return new Promise((resolve) => {
    stage.dispatcher.on(filters.text, (ctx) => {
      resolve(ctx)
      return handler(ctx)
    })
  })
}

/** Registers `/cancel` as an interrupting command. Returns the texts that it has handled. */
function onCancel(): unknown[] {
  const seen: unknown[] = []
  stage.dispatcher.command("cancel", (ctx) => void seen.push(ctx.message.text), interrupts)
  return seen
}

function stopUpdate(draftId: number, chat = adasChat) {
  return updateWith({ stopped_message_generation: { chat, draft_id: draftId } })
}

describe("an interrupting update", () => {
  test("aborts the handler that runs in its lane, and is then handled in its place", async () => {
    const [seen, heard] = [onCancel(), outcomes()]
    const running = onText()
    const errors: unknown[] = []
    stage.dispatcher.catch((error) => errors.push(error))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("a long question"))
    const { signal } = await running
    await Promise.all([first, stage.put(cancel)])
    expect(signal.reason).toBeInstanceOf(Interrupted)
    expect(signal.reason).toMatchObject({ code: "interrupted", update: cancel })
    expect([seen, heard, errors]).toEqual([["/cancel"], ["interrupted", "done"], []])
    expect(stage.logger.errors).toEqual([])
  })

  test("leaves nothing of a handler that throws because of it, and no retry follows", async () => {
    stage.dispatcher = stage.dispatcherWith({ attempts: { max: 5, backoff: () => 1 } })
    onCancel()
    const attempts: number[] = []
    const running = onText((ctx) => {
      attempts.push(ctx.attempt)
      ctx.state.set("s", "k", "half done")
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect(attempts).toEqual([1])
    expect(await stage.queue.state.read([key])).toEqual([undefined])
  })

  test("keeps the writes of a handler that ends without an error, also those after the interrupt", async () => {
    const { bot, calls } = keptBot()
    stage.dispatcher = stage.dispatcherWith({ bot })
    onCancel()
    const saved: string[] = []
    const app = stage.dispatcher.derive({
      derive: () => ({ saved }),
      beforeDone: () => void saved.push("before done"),
    })
    const running = deferred()
    app.on(filters.text, async (ctx) => {
      running.resolve()
      await rejectedBy(ctx.signal).catch(() => {})
      ctx.state.set("s", "k", "the part so far")
      await ctx.later("sendMessage", { text: "promised" })
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: '"the part so far"' }])
    expect(saved).toEqual(["before done"])
    await untilTrue(() => calls.length === 1)
    expect(calls[0]?.params).toEqual({ chat_id: 7, text: "promised" })
  })

  test("calls afterFailure of derived values, whose writes are committed", async () => {
    onCancel()
    const running = deferred()
    const app = stage.dispatcher.derive({
      derive: () => ({ value: 1 }),
      afterFailure: (ctx) => ctx.state.set("s", "k", "undone"),
    })
    app.on(filters.text, (ctx) => {
      running.resolve()
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: '"undone"' }])
  })

  test("logs an error of the handler that is no consequence of the abort, and the update is done", async () => {
    const [seen, heard] = [onCancel(), outcomes()]
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      throw new RangeError("of the clean-up")
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect([seen, heard]).toEqual([["/cancel"], ["interrupted", "done"]])
    expect(stage.logger.errors).toEqual([
      expect.stringMatching(/has failed after its interrupt: RangeError: of the clean-up/),
    ])
  })

  test("takes an error whose class has AbortError in its name for a consequence", async () => {
    class ClientAbortError extends Error {}
    onCancel()
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      throw new ClientAbortError("Request was aborted.")
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    expect(stage.logger.errors).toEqual([])
  })

  test("starts no further handler of the interrupted update", async () => {
    onCancel()
    const seen: string[] = []
    const running = deferred()
    stage.dispatcher.use(async (ctx, next) => {
      running.resolve()
      await reasonOf(ctx.signal)
      await next()
    })
    stage.dispatcher.on(filters.text, () => void seen.push("the next"))
    stage.dispatcher.group(1).on(filters.text, (ctx) => void seen.push(ctx.message.text))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running.promise
    await Promise.all([first, stage.put(cancel)])
    expect(seen).toEqual(["/cancel"])
  })

  test("waits for a handler that ignores the signal", async () => {
    const seen = onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    const { signal } = await running
    const second = stage.put(cancel)
    expect(signal.aborted).toBe(true)
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(seen).toEqual([])
    gate.resolve()
    await Promise.all([first, second])
    expect(seen).toEqual(["/cancel"])
  })

  test("does not wait longer than handlerTimeoutMs and its grace, and no time-out is reported", async () => {
    stage.dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 30 })
    const [seen, heard, errors] = [onCancel(), outcomes(), [] as unknown[]]
    stage.dispatcher.catch((error) => errors.push(error))
    const gate = deferred()
    const running = onText(async (ctx) => {
      ctx.state.set("s", "k", "late")
      await gate.promise
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await running
    await Promise.all([first, stage.put(cancel)])
    await untilTrue(() => heard.length === 2)
    expect([seen, heard, errors]).toEqual([["/cancel"], ["interrupted", "done"], []])
    expect(await stage.queue.state.read([key])).toEqual([undefined])
    gate.resolve()
  }, 20_000)

  test("has no effect on waiting updates, on other lanes, or after the handler has ended", async () => {
    onCancel()
    const seen: [string, boolean][] = []
    const [began, gate] = [deferred(), deferred()]
    stage.dispatcher.on(filters.text, async (ctx) => {
      if (ctx.message.text === "first") began.resolve()
      if (ctx.message.text === "first") await reasonOf(ctx.signal)
      if (ctx.message.text === "other") await gate.promise
      seen.push([ctx.message.text, ctx.signal.aborted])
    })
    stage.dispatcher.start()
    const puts = [textUpdate("first"), textUpdate("second"), textIn(1, "other")]
    const ended = puts.map((update) => stage.put(update))
    await began.promise
    await Promise.all([ended[0], ended[1], stage.put(cancel)])
    gate.resolve()
    await ended[2]
    await stage.put(textUpdate("last"))
    expect(seen).toEqual([
      ["first", true],
      ["second", false],
      ["other", false],
      ["last", false],
    ])
  })

  test("interrupts once: a second one changes nothing", async () => {
    const seen = onCancel()
    const running = onText(async (ctx) => {
      await reasonOf(ctx.signal)
      await new Promise((resolve) => setTimeout(resolve, 20))
    })
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([first, stage.put(cancel), stage.put(textUpdate("/cancel again"))])
    expect(signal.reason).toMatchObject({ update: cancel })
    expect(seen).toEqual(["/cancel", "/cancel again"])
  })

  test("interrupts an interrupting command that is slow itself", async () => {
    const [began, seen] = [deferred(), [] as unknown[]]
    stage.dispatcher.command(
      "cancel",
      async (ctx) => {
        seen.push(ctx.argument)
        if (ctx.argument !== "") return
        began.resolve()
        await rejectedBy(ctx.signal)
      },
      interrupts,
    )
    stage.dispatcher.start()
    const first = stage.put(textUpdate("/cancel"))
    await began.promise
    await Promise.all([first, stage.put(textUpdate("/cancel now"))])
    expect(seen).toEqual(["", "now"])
  })

  test("does not interrupt a handling that has failed: its error handlers run to their end", async () => {
    onCancel()
    const began = deferred()
    const seen: boolean[] = []
    stage.dispatcher.catch(async (_error, ctx) => {
      began.resolve()
      await new Promise((resolve) => setTimeout(resolve, 20))
      seen.push(ctx.signal.aborted)
    })
    void onText(() => Promise.reject(new Error("no luck")))
    stage.dispatcher.start()
    const first = stage.put(textUpdate("x"))
    await began.promise
    await Promise.all([first, stage.put(cancel)])
    expect(seen).toEqual([false])
  })

  test("interrupts a handling that runs again after a conflict of its writes", async () => {
    onCancel()
    const [first, again] = [deferred(), deferred()]
    let runs = 0
    stage.dispatcher.on(filters.text, async (ctx) => {
      const count = Number((await ctx.state.get("s", "k")) ?? 0)
      ctx.state.set("s", "k", count + 1)
      runs += 1
      if (runs > 1) await rejectedBy(ctx.signal)
      await reasonOf(ctx.signal)
      first.resolve()
      await again.promise
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    await untilTrue(() => runs === 1)
    const cancelled = stage.put(cancel)
    await first.promise
    await stage.queue.state.write([{ kind: "set", key, json: "7" }])
    again.resolve()
    await Promise.all([put, cancelled])
    expect(runs).toBe(2)
    expect(await stage.queue.state.read([key])).toMatchObject([{ json: "7" }])
  })
})

describe("at a stop", () => {
  test("an interrupted handler that ends in time is done, and the interrupting update handed back", async () => {
    onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    const asked = textUpdate("x")
    stage.dispatcher.start()
    const put = stage.put(asked)
    await running
    const cancelled = stage.put(cancel)
    const stopped = stage.dispatcher.stop()
    await expect(cancelled).rejects.toMatchObject({ code: "handed-back" })
    gate.resolve()
    expect(await stopped).toMatchObject({
      handled: [reference(asked)],
      handedBack: [reference(cancel)],
    })
    await put
  })

  test("an interrupted handler that runs beyond the deadline is done, and is not delivered again", async () => {
    onCancel()
    const gate = deferred()
    const running = onText(() => gate.promise)
    const asked = textUpdate("x")
    stage.dispatcher.start()
    const put = stage.put(asked)
    await running
    const cancelled = stage.put(cancel)
    const stopped = stage.dispatcher.stop({ deadlineMs: 0 })
    await expect(cancelled).rejects.toMatchObject({ code: "handed-back" })
    expect(await stopped).toMatchObject({ handled: [reference(asked)], unknown: [] })
    await put
    gate.resolve()
  })

  test("an update that arrives after the deadline has aborted the handler changes nothing", async () => {
    onCancel()
    const heard = outcomes()
    const running = onText(async (ctx) => {
      const reason = await reasonOf(ctx.signal)
      void stage.put(cancel).catch(() => {})
      throw reason
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    await running
    await stage.dispatcher.stop({ deadlineMs: 0 })
    await expect(put).rejects.toMatchObject({ code: "handed-back" })
    expect(heard).toEqual(["stopped"])
  })
})

describe("a handler with `interrupts`", () => {
  /** Returns the type of the abort of a running handler when this update arrives. */
  async function abortBy(update: ReturnType<typeof textUpdate>): Promise<unknown> {
    const [began, gate] = [deferred(), deferred()]
    let signal: AbortSignal | undefined
    const registration = stage.dispatcher.on(filters.regex(/^a long question$/), (ctx) => {
      signal = ctx.signal
      began.resolve()
      return gate.promise
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("a long question"))
    await began.promise
    const second = stage.put(update)
    await new Promise((resolve) => setImmediate(resolve))
    const reason: unknown = signal?.reason
    gate.resolve()
    await Promise.all([put, second])
    registration.remove()
    return reason
  }

  test("can be one of a pattern, of a filter, and of a button", async () => {
    const { dispatcher } = stage
    dispatcher.command(/^stop_\d+$/, () => {}, interrupts)
    expect(await abortBy(textUpdate("/stop_5"))).toBeInstanceOf(Interrupted)
    dispatcher.callbackQuery("stop", () => {}, interrupts)
    expect(await abortBy(pressUpdate("stop"))).toBeInstanceOf(Interrupted)
    dispatcher.callbackQuery(/^end/, () => {}, interrupts)
    expect(await abortBy(pressUpdate("end:1"))).toBeInstanceOf(Interrupted)
    dispatcher.on(filters.regex(/^never mind$/), () => {}, interrupts)
    expect(await abortBy(textUpdate("never mind"))).toBeInstanceOf(Interrupted)
    dispatcher.hears("No!", () => {}, interrupts)
    expect(await abortBy(textUpdate("No!"))).toBeInstanceOf(Interrupted)
    dispatcher.command("halt", () => {}, { ...interrupts, types: ["edited_message"] })
    expect(await abortBy(textUpdate("/halt"))).toBeUndefined()
    expect(await abortBy(pressUpdate("page"))).toBeUndefined()
    expect(await abortBy(textUpdate("/start"))).toBeUndefined()
  })

  test("can be in any router, also in one that `route` may not choose", async () => {
    const [router, mounted] = [new Router(), new Router()]
    router.command("cancel", () => {}, interrupts)
    mounted.route(() => undefined, { router })
    stage.dispatcher.use(mounted)
    expect(await abortBy(cancel)).toBeInstanceOf(Interrupted)
  })

  test("does not match a command that is addressed to another bot", async () => {
    onCancel()
    expect(await abortBy(textUpdate("/cancel@Other_Bot"))).toBeUndefined()
    expect(await abortBy(textUpdate("/cancel@suite_bot"))).toBeInstanceOf(Interrupted)
  })

  test("of an addressed command interrupts when the bot has fetched its name", async () => {
    const { me } = namedBot()
    const calls: string[] = []
    const { Bot } = await import("../../../src/bot/index.js")
    const bot = new Bot("110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", {
      onCall: async ({ method }) => (calls.push(method), me),
    })
    stage.dispatcher = stage.dispatcherWith({ bot })
    onCancel()
    expect(await abortBy(textUpdate("/cancel@suite_bot"))).toBeInstanceOf(Interrupted)
    expect(calls).toContain("getMe")
  })

  test("does not match if its filter throws, and the put succeeds", async () => {
    const failing = (): boolean => {
      throw new Error("of the filter")
    }
    stage.dispatcher.group(1).on(failing, () => {}, interrupts)
    expect(await abortBy(textUpdate("y"))).toBeUndefined()
  })

  test("no longer matches when it is removed, and matches when it is added while the bot runs", async () => {
    const { dispatcher } = stage
    const registration = dispatcher.command("cancel", () => {}, interrupts)
    expect(await abortBy(cancel)).toBeInstanceOf(Interrupted)
    registration.remove()
    expect(await abortBy(textUpdate("/cancel"))).toBeUndefined()
    dispatcher.command("cancel", () => {}, interrupts)
    expect(await abortBy(textUpdate("/cancel"))).toBeInstanceOf(Interrupted)
  })

  test("rejects a wrong option", () => {
    const { dispatcher } = stage
    const wrong = { interrupts: "flush" } as unknown as HandlerOptions
    const advice = "Expected the `interrupts` option to be true or false"
    expect(() => dispatcher.command("cancel", () => {}, wrong)).toThrow(advice)
    expect(() => dispatcher.on(filters.text, () => {}, wrong)).toThrow(TypeError)
    expect(() => dispatcher.callbackQuery("x", () => {}, wrong)).toThrow(TypeError)
    expect(() => dispatcher.inlineQuery("x", () => {}, wrong)).toThrow(TypeError)
    expect(() => dispatcher.on(filters.text, () => {}, 5 as never)).toThrow(TypeError)
  })

  test("of inline queries interrupts the earlier query of the person", async () => {
    const inline = (query: string) =>
      updateWith({ inline_query: { id: query, from: adasChat, query, offset: "" } })
    const reasons: unknown[] = []
    const began = deferred()
    stage.dispatcher.inlineQuery(
      undefined,
      async (ctx) => {
        if (ctx.inlineQuery.query === "ab") return
        began.resolve()
        reasons.push(await reasonOf(ctx.signal))
      },
      interrupts,
    )
    stage.dispatcher.start()
    const first = stage.put(inline("a"))
    await began.promise
    await Promise.all([first, stage.put(inline("ab"))])
    expect(reasons).toEqual([expect.any(Interrupted)])
  })
})

describe("Telegram's stop of a message that the bot generates", () => {
  test("interrupts the handler of its chat that streams no known draft", async () => {
    const seen: number[] = []
    stage.dispatcher.stoppedMessageGeneration(
      (ctx) => void seen.push(ctx.stoppedMessageGeneration.draft_id),
    )
    const running = onText()
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([put, stage.put(stopUpdate(3))])
    expect(signal.reason).toBeInstanceOf(Interrupted)
    expect(seen).toEqual([3])
  })

  test("interrupts the handler that streams the draft, and not one that streams another", async () => {
    const gate = deferred()
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 })
      return Promise.race([rejectedBy(ctx.signal), gate.promise])
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const others = [stage.put(stopUpdate(4)), stage.put(stopUpdate(3, { ...adasChat, id: 8 }))]
    await new Promise((resolve) => setImmediate(resolve))
    expect(signal.aborted).toBe(false)
    await Promise.all([put, ...others, stage.put(stopUpdate(3))])
    expect(signal.reason).toMatchObject({ update: { stopped_message_generation: { draft_id: 3 } } })
  })

  test("finds the handler that streams the draft in any lane", async () => {
    stage.queue = new MemoryQueue({ lane: (update) => `${update.update_id}` })
    stage.dispatcher = stage.dispatcherWith({})
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 })
      return rejectedBy(ctx.signal)
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    await Promise.all([put, stage.put(stopUpdate(3))])
    expect(signal.reason).toBeInstanceOf(Interrupted)
  })

  test("interrupts no handler that has ended the draft and streams the next one", async () => {
    const gate = deferred()
    const running = onText((ctx) => {
      registerDraft(ctx, { chatId: 7, draftId: 3 }).remove()
      registerDraft(ctx, { chatId: 7, draftId: 4 })
      return gate.promise
    })
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const stopped = stage.put(stopUpdate(3))
    await new Promise((resolve) => setImmediate(resolve))
    expect(signal.aborted).toBe(false)
    gate.resolve()
    await Promise.all([put, stopped])
  })

  test("of a wrong shape interrupts nothing, and the put succeeds", async () => {
    const gate = deferred()
    const running = onText(() => gate.promise)
    stage.dispatcher.start()
    const put = stage.put(textUpdate("x"))
    const { signal } = await running
    const odd = updateWith({ stopped_message_generation: {}, message: { chat: adasChat } })
    const stopped = stage.put(odd)
    expect(signal.aborted).toBe(false)
    gate.resolve()
    await Promise.all([put, stopped])
  })
})

test("a handler that exceeds its time without an interrupt still fails with a time-out", async () => {
  stage.dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 20 })
  onCancel()
  const errors: unknown[] = []
  stage.dispatcher.catch((error) => errors.push(error))
  void onText()
  stage.dispatcher.start()
  await stage.put(textUpdate("x"))
  expect(errors).toEqual([expect.any(HandlerTimeout)])
})
