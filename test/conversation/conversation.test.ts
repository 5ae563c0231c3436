import { describe, expect, test, vi } from "vitest"
import { Conversation } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { session } from "../../src/session/index.js"
import { textIn } from "../support/dispatched.js"
import {
  keptBot,
  messageOf,
  namedBot,
  pressUpdate,
  textUpdate,
  updateWith,
} from "../support/updates.js"
import { orderingEach } from "./ordering.js"

const { stage, ordering, say, stored, pass, settle } = orderingEach()
const botId = namedBot().id
const minuteMs = 60_000

describe("a dialog", () => {
  test("goes from state to state, and asks its question on entering each", async () => {
    const { said } = ordering()
    await say("hello", "/order", "large", "42", "Main St", "42")
    await stage.put(pressUpdate("yes"))
    await say("42")
    expect(said).toEqual([
      ...["(hello)", "Which size?", "(large)", "Which address?", "42 to Main St?"],
      ...["(42)", "Ordered.", "(42)"],
    ])
    expect(await stored()).toBeUndefined()
  })

  test("is stored as one value, with its state and data", async () => {
    ordering()
    await say("/order", "42")
    expect(await stored()).toEqual({
      generation: expect.any(String),
      frame: {
        ...{ name: "order", state: "address" },
        stored: { version: 1, data: { size: 42, address: "" } },
      },
    })
  })

  test("asks again on entering its own state", async () => {
    const { order, said } = ordering()
    order.state("size").on(filters.text, (ctx) => ctx.dialog.to("size"))
    await say("/order", "large")
    expect(said).toEqual(["Which size?", "Which size?"])
  })

  test("of two people in one group, and of one person in two groups, are apart", async () => {
    const { order } = ordering()
    const from = (id: number) => ({ id, is_bot: false, first_name: "A" })
    const group = (id: number) => ({ id, type: "group" as const, title: "G" })
    for (const text of ["/order", "1"]) {
      await stage.put(textUpdate(text, { chat: group(-1), from: from(1) }))
    }
    await stage.put(textUpdate("/order", { chat: group(-1), from: from(2) }))
    await stage.put(textUpdate("/order", { chat: group(-2), from: from(1) }))
    const states = await Promise.all(
      [
        [-1, 1],
        [-1, 2],
        [-2, 1],
        [-2, 2],
      ].map(async ([chatId = 0, userId = 0]) => {
        const dialog = await order.at(stage.queue, { botId, chatId, userId }).read()
        return dialog?.state
      }),
    )
    expect(states).toEqual(["address", "size", "size", undefined])
  })

  test("per topic is one for each topic of a forum", async () => {
    const { order } = ordering({ per: "topic" })
    const chat = { id: -1_001_000_000_001, type: "supergroup" as const, title: "G" }
    const inTopic = (text: string, id: number) =>
      stage.put(textUpdate(text, { chat, is_topic_message: true, message_thread_id: id }))
    await inTopic("/order", 1)
    await inTopic("/order", 2)
    await inTopic("5", 2)
    const stateOf = async (threadId: number) =>
      (await order.at(stage.queue, { botId, chatId: chat.id, threadId }).read())?.state
    expect([await stateOf(1), await stateOf(2), await stateOf(3)]).toEqual([
      ...["size", "address"],
      undefined,
    ])
  })

  test("per message belongs to the buttons of one message", async () => {
    const said: string[] = []
    const vote = new Conversation("vote", { states: ["open"], per: "message" })
    vote.entryPoints.callbackQuery("go", (ctx) => ctx.dialog.enter("open"))
    vote.state("open").callbackQuery("go", () => void said.push("again"))
    vote.mount(stage.dispatcher)
    stage.dispatcher.start()
    const press = (message_id: number) =>
      stage.put(pressUpdate("go", { message: messageOf({ message_id }) }))
    await press(1)
    await press(2)
    await press(1)
    expect(said).toEqual(["again"])
    expect(await stored("7:1", "vote")).toBeDefined()
  })

  test("per message tells ephemeral messages apart, which all have the message id 0", async () => {
    const said: string[] = []
    const vote = new Conversation("vote", { states: ["open"], per: "message" })
    vote.entryPoints.callbackQuery("go", (ctx) => ctx.dialog.enter("open"))
    vote.state("open").callbackQuery("go", () => void said.push("again"))
    vote.mount(stage.dispatcher)
    stage.dispatcher.start()
    const press = (ephemeral_message_id: number) => {
      const message = messageOf({ message_id: 0, ephemeral_message_id })
      return stage.put(pressUpdate("go", { message }))
    }
    await press(1)
    await press(2)
    expect(said).toEqual([])
    await press(1)
    expect(said).toEqual(["again"])
  })

  test("follows a group that becomes a supergroup", async () => {
    const { order, said } = ordering()
    const [former, chat] = [-5, -1_001_000_000_005]
    const inChat = (id: number, fields: object) => ({
      chat: { id, type: "group", title: "G" },
      ...fields,
    })
    await stage.put(textUpdate("/order", inChat(former, {})))
    await stage.put(
      updateWith({ message: messageOf(inChat(former, { migrate_to_chat_id: chat })) }),
    )
    await stage.put(textUpdate("42", inChat(chat, {})))
    expect(said).toEqual(["Which size?", "Which address?"])
    const dialog = order.at(stage.queue, { botId, chatId: chat, userId: 7 })
    expect(await dialog.read()).toMatchObject({ state: "address" })
  })

  test("sees three forwarded answers at once as three answers", async () => {
    const { said } = ordering()
    await Promise.all(["/order", "42", "Main St"].map((text) => stage.put(textIn(7, text))))
    expect(said).toEqual(["Which size?", "Which address?", "42 to Main St?"])
  })

  test("takes no edited message as an answer, unless a handler asks for edited messages", async () => {
    const { order, said } = ordering()
    await say("/order")
    const edit = () => stage.put(updateWith({ edited_message: messageOf({ text: "42" }) }))
    await edit()
    expect(said).toEqual(["Which size?"])
    order.state("size").editedMessage((ctx) => ctx.dialog.to("address"))
    await edit()
    expect(said).toEqual(["Which size?", "Which address?"])
  })

  test("that has ended leaves its old buttons to the handlers outside", async () => {
    const { order, said } = ordering()
    order.entryPoints.callbackQuery("old", () => void said.push("This has ended."))
    await stage.put(pressUpdate("yes"))
    await stage.put(pressUpdate("old"))
    expect(said).toEqual(["(pressed yes)", "This has ended."])
  })

  test("uses the session of a router within its state", async () => {
    const { order } = ordering()
    const cart = session("cart", { initial: () => ({ items: 0 }) })
    order
      .state("size")
      .derive(cart)
      .on(filters.photo, (ctx) => {
        ctx.cart.items += 1
        ctx.dialog.to("address")
      })
    await say("/order")
    await stage.put(updateWith({ message: messageOf({ photo: [] }) }))
    const seen = await cart.at(stage.queue, { botId, chatId: 7 }).read()
    expect([seen.items, (await stored())?.["frame"]]).toMatchObject([1, { state: "address" }])
  })
})

describe("the parts", () => {
  test("first comes before the state, and only while a dialog is open", async () => {
    const { said } = ordering()
    await say("/help", "/order", "/help")
    expect(said).toEqual(["(/help)", "Which size?", "Help for size"])
  })

  test.each([
    ["size", []],
    ["address", ["1"]],
    ["confirm", ["1", "Main St"]],
  ])("fallbacks end the dialog in the state %s", async (_, answers) => {
    const { said } = ordering()
    await say("/order", ...answers, "/cancel", "/cancel")
    expect(said.slice(-2)).toEqual(["Cancelled.", "(/cancel)"])
    expect(await stored()).toBeUndefined()
  })

  test("entry points get nothing while a dialog is open, unless `reentry` is set", async () => {
    const { said } = ordering()
    await say("/order", "42", "/order")
    expect(said.at(-1)).toBe("(/order)")
  })

  test("with `reentry`, an entry point begins an open dialog again with new data", async () => {
    const { said } = ordering({ reentry: true })
    await say("/order", "42", "/order")
    expect(said.at(-1)).toBe("Which size?")
    expect((await stored())?.["frame"]).toMatchObject({ stored: { data: { size: 0 } } })
  })

  test("pass an update on with next(), as those of any router", async () => {
    const { order, said } = ordering()
    order.first.use((_, next) => {
      said.push("logged")
      return next()
    })
    await say("/order", "42")
    expect(said).toEqual(["Which size?", "logged", "Which address?"])
  })

  test("are looked up: no handler of another state is asked", async () => {
    const asked = vi.fn(() => true)
    const states = Array.from({ length: 1_000 }, (_, index) => `s${index}`)
    const many = new Conversation("many", { states })
    many.entryPoints.command("go", (ctx) => ctx.dialog.enter("s999"))
    for (const state of states) many.state(state).on(asked, (ctx) => ctx.dialog.to("s5"))
    many.mount(stage.dispatcher)
    stage.dispatcher.start()
    await say("/go", "x")
    expect(asked).toHaveBeenCalledTimes(1)
    expect((await stored("7:7", "many"))?.["frame"]).toMatchObject({ state: "s5" })
  })
})

describe("nothing is written", () => {
  test("by a handler that throws: the dialog stays in its state", async () => {
    const { order, said } = ordering()
    const errors: unknown[] = []
    order.catch((error) => void errors.push(error.cause))
    order.state("size").on(filters.photo, (ctx) => {
      ctx.dialog.data.size = 9
      ctx.dialog.to("address")
      throw new Error("Failed")
    })
    await say("/order")
    const before = await stored()
    await stage.put(updateWith({ message: messageOf({ photo: [] }) }))
    expect(await stored()).toEqual(before)
    expect([errors.length, said]).toEqual([1, ["Which size?"]])
  })

  test("if the question on entering fails", async () => {
    const { order } = ordering()
    order.catch(() => {})
    order.entering("address", () => Promise.reject(new Error("Failed")))
    await say("/order", "42")
    expect((await stored())?.["frame"]).toMatchObject({ state: "size" })
  })

  test("for an answer that changes nothing", async () => {
    const { order } = ordering()
    order.state("size").on(filters.photo, () => {})
    await say("/order")
    const commit = vi.spyOn(stage.queue.state, "commit")
    await stage.put(updateWith({ message: messageOf({ photo: [] }) }))
    expect(commit.mock.calls.flat(2)).toEqual([])
  })

  test("nor read for an update that no handler of the dialog can match", async () => {
    ordering()
    const read = vi.spyOn(stage.queue.state, "readNow")
    await stage.put(updateWith({ poll: { id: "1" } }))
    expect(read).not.toHaveBeenCalled()
  })
})

test("an error handler can end the dialog, but not change its state", async () => {
  const { order, said } = ordering()
  const errors: unknown[] = []
  order.catch((_, ctx) => {
    try {
      ctx.dialog?.to("confirm")
    } catch (error) {
      errors.push(error)
    }
    ctx.dialog?.end()
  })
  order.state("size").on(filters.photo, () => Promise.reject(new Error("Failed")))
  await say("/order")
  await stage.put(updateWith({ message: messageOf({ photo: [] }) }))
  expect(errors).toMatchObject([{ message: expect.stringContaining("can only end") }])
  await say("42")
  expect(said).toEqual(["Which size?", "(42)"])
})

describe("where an own update answers", () => {
  const forum = { id: -1_001_000_000_001, type: "supergroup" as const, title: "G" }
  const private_ = { id: 7, type: "private" as const, first_name: "A" }
  test.each([
    [
      "a topic",
      { message: { chat: forum, is_topic_message: true, message_thread_id: 5 } },
      { chat_id: forum.id, message_thread_id: 5 },
    ],
    [
      "a topic of direct messages",
      { message: { chat: forum, direct_messages_topic: { topic_id: 9 } } },
      { chat_id: forum.id, direct_messages_topic_id: 9 },
    ],
    [
      "a chat of a business account",
      { business_message: { chat: private_, business_connection_id: "b1" } },
      { chat_id: 7, business_connection_id: "b1" },
    ],
  ] as const)("is %s as before", async (_, update, target) => {
    const { bot, calls } = keptBot()
    const dispatcher = stage.dispatcherWith({ bot })
    const order = new Conversation("order", { states: ["size"], timeoutMs: minuteMs })
    order.entryPoints.on(filters.text, (ctx) => ctx.dialog.enter("size"))
    order.entryPoints.businessMessage((ctx) => ctx.dialog.enter("size"))
    order.timeout((ctx) => ctx.reply("Too late."))
    order.mount(dispatcher)
    dispatcher.start()
    const [[type, fields] = ["message", {}]] = Object.entries(update)
    await stage.put(updateWith({ [type]: messageOf({ text: "order", ...fields }) }))
    await pass(minuteMs)
    expect(calls.map(({ params }) => params)).toEqual([{ ...target, text: "Too late." }])
    await dispatcher.stop()
  })

  test("is the topic of a dialog that was entered from outside", async () => {
    const { bot, calls } = keptBot()
    const dispatcher = stage.dispatcherWith({ bot })
    const order = new Conversation("order", {
      ...{ states: ["size"], per: "topic", timeoutMs: minuteMs },
    })
    order.entering("size", (ctx) => ctx.reply("Which size?"))
    order.timeout((ctx) => ctx.reply("Too late."))
    order.mount(dispatcher)
    dispatcher.start()
    await order.at(stage.queue, { botId, chatId: forum.id, threadId: 5 }).enter("size")
    await settle()
    await pass(minuteMs)
    expect(calls).toMatchObject([
      { params: { message_thread_id: 5, text: "Which size?" } },
      { params: { message_thread_id: 5, text: "Too late." } },
    ])
    await dispatcher.stop()
  })

  test("a press of a button in a topic belongs to the dialog of that topic", async () => {
    const { order, said } = ordering({ per: "topic" })
    const fields = { chat: forum, is_topic_message: true, message_thread_id: 5 }
    await order.at(stage.queue, { botId, chatId: forum.id, threadId: 5 }).enter("confirm")
    await settle()
    await stage.put(pressUpdate("yes", { message: messageOf(fields) }))
    expect(said.at(-1)).toBe("Ordered.")
  })
})

test.each(["size", "address", "confirm"] as const)("/cancel ends a dialog in %s", async (state) => {
  const { order, said } = ordering({ timeoutMs: minuteMs })
  await order.at(stage.queue, { botId, chatId: 7, userId: 7 }).enter(state)
  await settle()
  await say("/cancel")
  await pass(minuteMs)
  expect(said.at(-1)).toBe("Cancelled.")
  expect(await stored()).toBeUndefined()
})
