import { describe, expect, test, vi } from "vitest"
import { Conversation } from "../../src/conversation/index.js"
import { Forbidden } from "../../src/telegram/errors.js"
import { textIn } from "../support/dispatched.js"
import { namedBot } from "../support/updates.js"
import { orderingEach } from "./ordering.js"

const { stage, ordering, say, stored, pass, settle } = orderingEach()
const botId = namedBot().id
const minuteMs = 60_000

describe("a time-out", () => {
  test("fires by itself, once, and ends the dialog", async () => {
    const { said } = ordering({ timeoutMs: 15 * minuteMs })
    await say("/order")
    await pass(15 * minuteMs - 1)
    expect(said).toEqual(["Which size?"])
    await pass(1)
    expect(said).toEqual(["Which size?", "Too late."])
    await pass(60 * minuteMs)
    await say("42")
    expect(said).toEqual(["Which size?", "Too late.", "(42)"])
  })

  test("starts again with each handled update, and is cancelled at the end", async () => {
    const { said } = ordering({ timeoutMs: 15 * minuteMs })
    await say("/order")
    await pass(14 * minuteMs)
    await say("/help")
    await pass(14 * minuteMs)
    await say("large", "42")
    await pass(14 * minuteMs)
    await say("/cancel")
    await pass(60 * minuteMs)
    expect(said).not.toContain("Too late.")
  })

  test("and an answer in the same millisecond: the first in the lane wins", async () => {
    const { said } = ordering({ timeoutMs: minuteMs })
    let release = () => {}
    stage.dispatcher.group(-1).command("wait", () => new Promise<void>((done) => (release = done)))
    await say("/order")
    const puts = ["/wait", "42"].map((text) => stage.put(textIn(7, text)))
    await settle()
    // The answer waits in its lane when the time is over.
    await pass(minuteMs)
    release()
    await Promise.all(puts)
    await settle()
    expect(said).toEqual(["Which size?", "(/wait)", "Which address?"])
    await pass(minuteMs)
    expect(said.at(-1)).toBe("Too late.")
  })

  test("in front of an answer ends the dialog, and the answer is for the handlers outside", async () => {
    const { said } = ordering({ timeoutMs: minuteMs })
    let release = () => {}
    stage.dispatcher.group(-1).command("wait", () => new Promise<void>((done) => (release = done)))
    await say("/order")
    const waiting = stage.put(textIn(7, "/wait"))
    await settle()
    await pass(minuteMs)
    const answer = stage.put(textIn(7, "42"))
    release()
    await Promise.all([waiting, answer])
    expect(said).toEqual(["Which size?", "(/wait)", "Too late.", "(42)"])
  })

  test("that was due during an outage fires late, and has the time at which it was due", async () => {
    const { order } = ordering({ timeoutMs: minuteMs })
    const late: (number | undefined)[] = []
    order.timeout((ctx) => void late.push(Date.now() - (ctx.dialog.dueAt?.getTime() ?? 0)))
    await say("/order")
    await stage.dispatcher.stop()
    await pass(61 * minuteMs)
    stage.dispatcher.start()
    await settle()
    expect(late).toEqual([60 * minuteMs])
  })

  test("can change the state of the dialog", async () => {
    const { order, said } = ordering({ timeoutMs: minuteMs })
    order.timeout((ctx) => ctx.dialog.to("address"))
    await say("/order")
    await pass(minuteMs)
    await say("Main St")
    expect(said).toEqual(["Which size?", "Too late.", "Which address?", "0 to Main St?"])
  })

  test("of ten thousand dialogs needs one timer of the runtime", async () => {
    ordering({ timeoutMs: minuteMs })
    const before = vi.getTimerCount()
    await Promise.all(
      Array.from({ length: 10_000 }, (_, index) => stage.put(textIn(index + 1, "/order"))),
    )
    expect(vi.getTimerCount() - before).toBeLessThan(5)
  })
})

test.each([
  ["fail", 1],
  ["end", 0],
] as const)("a user who has blocked the bot: %s", async (onBlocked, failures) => {
  const { order } = ordering({ onBlocked, timeoutMs: minuteMs })
  const errors: unknown[] = []
  order.catch((error) => void errors.push(error))
  order.timeout(() => {
    throw new Forbidden({ method: "sendMessage", errorCode: 403, description: "blocked" })
  })
  await say("/order")
  await pass(minuteMs)
  expect(errors).toHaveLength(failures)
  expect(await stored()).toBeUndefined()
})

describe("a time-out that fails", () => {
  test("ends the dialog, whose timer is over, and undoes its other changes", async () => {
    const { order, said } = ordering({ timeoutMs: minuteMs })
    order.timeout((ctx) => {
      ctx.state.set("notes", "late", true)
      throw new Error("Failed")
    })
    await say("/order")
    await pass(minuteMs)
    expect(await stored()).toBeUndefined()
    expect(await stage.queue.state.read([{ botId, space: "notes", key: "late" }])).toEqual([
      undefined,
    ])
    await say("42", "/order")
    expect(said).toEqual(["Which size?", "Too late.", "(42)", "Which size?"])
  })

  test("at its time limit ends the dialog, too", async () => {
    const dispatcher = stage.dispatcherWith({ handlerTimeoutMs: 1000 })
    const order = new Conversation("order", { states: ["size"], timeoutMs: minuteMs })
    order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
    order.timeout(
      ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener("abort", () => reject(signal.reason))
        }),
    )
    order.mount(dispatcher)
    dispatcher.start()
    await say("/order")
    await pass(minuteMs)
    expect(await stored()).toBeDefined()
    await pass(1000)
    expect(await stored()).toBeUndefined()
    await dispatcher.stop()
  })

  test("is retried by choice, and the dialog stays open meanwhile", async () => {
    const dispatcher = stage.dispatcherWith({ attempts: { max: 2, backoff: () => 5000 } })
    const order = new Conversation("order", { states: ["size"], timeoutMs: minuteMs })
    const attempts: number[] = []
    order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
    order.timeout((ctx) => {
      attempts.push(ctx.attempt)
      if (ctx.attempt === 1) throw new Error("Failed")
    })
    order.mount(dispatcher)
    dispatcher.start()
    await say("/order")
    await pass(minuteMs)
    expect(attempts).toEqual([1])
    expect(await stored()).toBeDefined()
    await pass(5000)
    expect(attempts).toEqual([1, 2])
    expect(await stored()).toBeUndefined()
    await dispatcher.stop()
  })
})
