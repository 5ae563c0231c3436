import { describe, expect, test } from "vitest"
import { Conversation, type ConversationOptions } from "../../src/conversation/index.js"
import { filters, Router } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"
import { messageOf, namedBot, updateWith } from "../support/updates.js"
import { orderingEach, type Order, type States } from "./ordering.js"

const { stage, ordering, say, stored, pass, settle } = orderingEach()
const botId = namedBot().id
const minuteMs = 60_000

describe("a called conversation", () => {
  function nested(options: Partial<ConversationOptions<States, Order>> = {}) {
    const { order, said } = ordering(options)
    const address = new Conversation("address", {
      states: ["street", "town"],
      data: () => ({ street: "" }),
    })
    address.entering("street", () => void said.push("Which street?"))
    address.state("street").on(filters.regex(/St$/), (ctx) => {
      ctx.dialog.data.street = ctx.message?.text ?? ""
      ctx.dialog.to("town")
    })
    address.state("town").on(filters.regex(/ton$/), (ctx) => {
      ctx.dialog.end(`${ctx.dialog.data.street}, ${ctx.message?.text}`)
    })
    address.fallbacks.command("back", (ctx) => ctx.dialog.end())
    order.first.command("street", (ctx) => ctx.dialog.call(address, "street"))
    order.returned(address, (ctx, result) => {
      if (result === undefined) return
      ctx.dialog.data.address = String(result)
      ctx.dialog.to("confirm")
    })
    return { order, address, said }
  }

  test("gets the updates, and its result goes to the conversation that has called it", async () => {
    const { said } = nested()
    await say("/order", "42", "/street", "Main St")
    expect((await stored())?.["frame"]).toMatchObject({
      ...{ state: "address" },
      called: { name: "address", state: "town", stored: { data: { street: "Main St" } } },
    })
    await say("Boston")
    expect(said).toEqual([
      ...["Which size?", "Which address?", "Which street?", "42 to Main St, Boston?"],
    ])
  })

  test("can end without a result, and its caller's state goes on", async () => {
    const { said } = nested()
    await say("/order", "/street", "7", "/back", "7")
    expect(said).toEqual(["Which size?", "Which street?", "(7)", "Which address?"])
  })

  test("ends with its caller, also by the caller's fallbacks", async () => {
    const { said } = nested()
    await say("/order", "/street", "/cancel", "Main St")
    expect(said).toEqual(["Which size?", "Which street?", "Cancelled.", "(Main St)"])
    expect(await stored()).toBeUndefined()
  })

  test("times out with its caller", async () => {
    const { said } = nested({ timeoutMs: minuteMs })
    await say("/order", "/street")
    await pass(minuteMs)
    await say("Main St")
    expect(said).toEqual(["Which size?", "Which street?", "Too late.", "(Main St)"])
  })

  test("is refused if the end of the call has no handler, and cannot call its caller", () => {
    const { order, address } = nested()
    expect(() => address.returned(order, () => {})).toThrow("contains it")
    expect(() => order.returned(order, () => {})).toThrow("contains it")
  })
})

describe("from outside", () => {
  const place = { botId, chatId: 7, userId: 7 }

  test("a dialog is entered, read and ended", async () => {
    const { order, said } = ordering({ timeoutMs: minuteMs })
    const dialog = order.at(stage.queue, place)
    expect(await dialog.read()).toBeUndefined()
    await dialog.enter("address", { size: 3 })
    await settle()
    expect(said).toEqual(["Which address?"])
    expect(await dialog.read()).toEqual({ state: "address", data: { size: 3, address: "" } })
    await say("Main St")
    expect(said.at(-1)).toBe("3 to Main St?")
    expect([await dialog.end(), await dialog.end()]).toEqual([true, false])
    await pass(2 * minuteMs)
    expect(said).not.toContain("Too late.")
  })

  test("a dialog that is entered while its bot is down asks its question later", async () => {
    const { order, said } = ordering()
    await stage.dispatcher.stop()
    await order.at(stage.queue, place).enter("size")
    expect(said).toEqual([])
    stage.dispatcher.start()
    await settle()
    expect(said).toEqual(["Which size?"])
  })

  test("an entered dialog times out, too", async () => {
    const { order, said } = ordering({ timeoutMs: minuteMs })
    await order.at(stage.queue, place).enter("size")
    await settle()
    await pass(minuteMs)
    expect(said).toEqual(["Which size?", "Too late."])
  })
})

describe("after a deployment", () => {
  async function inState(state: string, data: unknown = { size: 1 }, version = 1) {
    const frame = { name: "order", state, stored: { version, data } }
    const json = JSON.stringify({ generation: "a", frame })
    const key = { botId, space: "conversation order", key: "7:7" }
    await stage.queue.state.write([{ kind: "set", key, json }])
  }

  test("an update of a dialog whose state is unknown is set aside", async () => {
    const { said } = ordering()
    await inState("colour")
    await say("red")
    expect(said).toEqual([])
    expect(stage.logger.errors.join()).toContain(
      'the state "colour", which this program does not know',
    )
    expect(await stored()).toBeDefined()
  })

  test("a dialog whose state is unknown counts as ended, by choice", async () => {
    const { said } = ordering({ onUnknownState: "end" })
    await inState("colour")
    await say("red", "/order")
    expect(said).toEqual(["(red)", "Which size?"])
  })

  test("a dialog in an unknown state is ended and entered again from outside", async () => {
    const { order, said } = ordering()
    const dialog = order.at(stage.queue, { botId, chatId: 7, userId: 7 })
    await inState("colour")
    await expect(dialog.read()).rejects.toThrow("does not know")
    expect(await dialog.end()).toBe(true)
    await inState("colour")
    await dialog.enter("size")
    await settle()
    expect(said).toEqual(["Which size?"])
  })

  test("data of an earlier version are converted", async () => {
    const migrate = { 1: (old: { sizes: number[] }) => ({ size: old.sizes[0], address: "" }) }
    const { said } = ordering({ version: 2, migrate })
    await inState("address", { sizes: [4] })
    await say("Main St")
    expect(said).toEqual(["4 to Main St?"])
    expect((await stored())?.["frame"]).toMatchObject({ stored: { version: 2 } })
  })

  test("data that cannot be converted set the update aside", async () => {
    ordering({ version: 2 })
    await inState("address")
    await say("Main St")
    expect(stage.logger.errors.join()).toContain("The stored data of the conversation order cannot")
  })
})

describe("a mistake of the program", () => {
  test.each<[string, () => unknown]>([
    ["no state", () => new Conversation("a", { states: [] })],
    ["a text of states", () => new Conversation("a", { states: "xy" as never })],
    ["a state twice", () => new Conversation("a", { states: ["x", "x"] })],
    ["an empty name", () => new Conversation("", { states: ["x"] })],
    ["another key", () => new Conversation("a", { states: ["x"], per: "lane" as never })],
    ["no function for data", () => new Conversation("a", { states: ["x"], data: {} as never })],
    [
      "a wrong consequence",
      () => new Conversation("a", { states: ["x"], onBlocked: "x" as never }),
    ],
    [
      "an unknown transition",
      () => new Conversation("a", { states: ["x"], transitions: { x: ["y" as never] } }),
    ],
    [
      "a transition to no list",
      () => new Conversation("a", { states: ["x"], transitions: { x: null as never } }),
    ],
    ["no migrations", () => new Conversation("a", { states: ["x"], migrate: null as never })],
    [
      "handlers of an unknown state",
      () => new Conversation("a", { states: ["x"] }).state("y" as never),
    ],
    [
      "a function of an unknown state",
      () => new Conversation("a", { states: ["x"] }).entering("toString" as never, () => {}),
    ],
  ])("%s is a TypeError", (_, make) => {
    expect(make).toThrow(TypeError)
    expect(make).toThrow(/^Expected /)
  })

  test.each<[string, string, (order: ReturnType<typeof ordering>["order"]) => void]>([
    [
      "an unknown state",
      "a state of the conversation order",
      // @ts-expect-error -- the compiler knows the states
      (order) => order.state("size").on(filters.photo, (ctx) => ctx.dialog.to("colour")),
    ],
    [
      "a transition that is not named",
      "a state that may follow size",
      (order) => order.state("size").on(filters.photo, (ctx) => ctx.dialog.to("confirm")),
    ],
    [
      "a call without an end",
      "a conversation that order may call",
      (order) => {
        const other = new Conversation("other", { states: ["x"] })
        order.state("size").on(filters.photo, (ctx) => ctx.dialog.call(other, "x"))
      },
    ],
    [
      "a circle of states",
      "has entered 100 states",
      (order) => {
        order.entering("address", (ctx) => ctx.dialog.to("address"))
        order.state("size").on(filters.photo, (ctx) => ctx.dialog.to("address"))
      },
    ],
  ])("%s fails the update", async (_, message, add) => {
    const { order } = ordering({ transitions: { size: ["address"] } })
    add(order)
    await say("/order")
    await stage.put(updateWith({ message: messageOf({ photo: [] }) }))
    expect(stage.logger.errors.join()).toContain(message)
    expect((await stored())?.["frame"]).toMatchObject({ state: "size" })
  })

  test("data without a dialog are a TypeError", async () => {
    const { order } = ordering()
    order.entryPoints.command("data", (ctx) => void ctx.dialog.data.size)
    await say("/data")
    expect(stage.logger.errors.join()).toContain("Expected an open dialog")
  })
})

test("the diagram shows states, transitions and called conversations", () => {
  const order = new Conversation("order", {
    states: ["size", 'the "address"'],
    transitions: { size: ['the "address"'], 'the "address"': [] },
  })
  order.returned(new Conversation("address", { states: ["x"] }), () => {})
  expect(order.diagram()).toBe(`stateDiagram-v2
    state "size" as s0
    state "the 'address'" as s1
    state "address" as c0
    [*] --> s0
    s0 --> s1
    s1 --> [*]
`)
})

test("a conversation is mounted and removed as a router, and counts as its handlers", async () => {
  const router = new Router()
  const small = new Conversation("small", { states: ["x"] })
  small.entryPoints.command("go", (ctx) => ctx.dialog.enter("x"))
  small.state("x").messageReaction(() => {})
  const mounted = small.mount(router)
  stage.dispatcher.use(router)
  expect(stage.dispatcher.handlerCount).toBe(3)
  expect(stage.dispatcher.allowedUpdates).toEqual(["message", "message_reaction"])
  mounted.remove()
  expect(stage.dispatcher.handlerCount).toBe(0)
})

test("a dialog that is entered outside of handlers has the lane of the queue's rule", async () => {
  const queue = new MemoryQueue({ lane: "topic" })
  const { order } = ordering({ per: "topic" })
  await order.at(queue, { botId, chatId: -100, threadId: 5 }).enter("size")
  expect((await queue.take(new AbortController().signal)).lane).toBe("-100:5")
})
