import { describe, expect, test } from "vitest"
import { filters, type HandlerOptions, Interrupted, Router } from "../../../src/dispatch/index.js"
import { reasonOf } from "../../support/aborts.js"
import { adasChat, namedBot, pressUpdate, textUpdate, updateWith } from "../../support/updates.js"
import { deferred } from "../../support/waiting.js"
import { interruptingEach, interrupts } from "./interrupting.js"

const { stage, onCancel } = interruptingEach()
const cancel = textUpdate("/cancel")

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
