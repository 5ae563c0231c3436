import { describe, expect, test } from "vitest"
import type { Update } from "../../../src/telegram/types.js"
import { ada, group, keptBot, messageOf, updateWith, withContext } from "../../support/updates.js"
import { type Act, edits, ownActs, ownReplies, pins, replies } from "./shortcuts.js"

const me = { id: 110, is_bot: true, first_name: "Bot", username: "Suite_Bot" }
const ephemeral = { chat: group, message_id: 0, ephemeral_message_id: 31 }
const [command, press]: readonly [Update, Update] = [
  updateWith({
    message: messageOf({ ...ephemeral, from: ada, receiver_user: me, text: "/secret" }),
  }),
  updateWith({
    callback_query: {
      ...{ id: "q1", from: ada, chat_instance: "1", data: "x" },
      message: messageOf({ ...ephemeral, from: me, receiver_user: ada, text: "Only you see this" }),
    },
  }),
]
/** The parameters of an answer that only its user sees. */
const [toCommand, toPress] = [
  {
    ephemeral_message_parameters: { receiver_user_id: 7 },
    reply_parameters: { ephemeral_message_id: 31 },
  },
  { ephemeral_message_parameters: { receiver_user_id: 7, callback_query_id: "q1" } },
]

async function callsOf(update: Update, act: Act) {
  const { bot, calls } = keptBot()
  await withContext(bot, update, act)
  return calls
}

/** Returns the message of a shortcut's refusal, which must make no call. */
async function refusalOf(update: Update, act: Act): Promise<string> {
  const { bot, calls } = keptBot()
  let refusal: unknown
  await withContext(bot, update, (ctx) =>
    act(ctx as never).catch((error: unknown) => (refusal = error)),
  )
  expect(calls).toEqual([])
  expect(refusal).toBeInstanceOf(TypeError)
  return (refusal as TypeError).message
}

/** The shortcuts of messages without an ephemeral form. */
const shownToAll = ["MediaGroup", "Game", "Poll", "PaidMedia", "Dice"].map((n) => `replyWith${n}`)
const personal = Object.entries(replies).filter(
  ([name]) => !shownToAll.includes(name) && name !== "sendChatAction",
)
const forAll = Object.entries({ ...replies, ...ownReplies }).filter(
  ([name]) => shownToAll.includes(name) || name in ownReplies,
)

describe.each([
  ["an ephemeral message", command, toCommand],
  ["a press under an ephemeral message", press, toPress],
] as const)("%s", (_, update, answer) => {
  test.each(personal)("ctx.%s sends an answer that only its user sees", async (__, act) => {
    const [call, ...others] = await callsOf(update, act)
    expect(call?.params).toMatchObject({ chat_id: -100, ...answer })
    expect(others).toEqual([])
  })

  test.each(forAll)(
    "ctx.%s is refused, because everybody would see the answer",
    async (_n, act) => {
      expect(await refusalOf(update, act)).toMatch(
        /^ctx\.\w+\(\) cannot answer an ephemeral message: (\w+) has no .+ call ctx\.bot\.\1\(\)\.$/,
      )
    },
  )

  test("sendChatAction, which shows no content, goes to the chat", async () => {
    expect(await callsOf(update, (ctx) => ctx.sendChatAction("typing"))).toEqual([
      { method: "sendChatAction", params: { chat_id: -100, action: "typing" } },
    ])
  })

  const { "respond(editMessageText)": respondEdit, editWidgetData, ...contextEdits } = edits
  test.each(Object.entries(contextEdits))("ctx.%s edits it by its own id", async (__, act) => {
    const [call] = await callsOf(update, act)
    expect(call?.method).toMatch(/^editEphemeralMessage(Text|Caption|Media|ReplyMarkup)$/)
    const receiver_user_id = update === press ? ada.id : me.id
    const target = { chat_id: -100, receiver_user_id, ephemeral_message_id: 31 }
    expect(call?.params).toMatchObject(target)
    expect(call?.params).not.toHaveProperty("message_id")
  })

  test("ctx.delete deletes it by its own id", async () => {
    const receiver_user_id = update === press ? ada.id : me.id
    expect(await callsOf(update, (ctx) => ctx.delete())).toEqual([
      {
        method: "deleteEphemeralMessage",
        params: { chat_id: -100, receiver_user_id, ephemeral_message_id: 31 },
      },
    ])
  })

  const zeroActs = { ...pins, ...ownActs, respondEdit, editWidgetData } as Record<string, Act>
  test.each(Object.entries(zeroActs))(
    "ctx.%s is refused: it would aim at message 0",
    async (__, act) => {
      expect(await refusalOf(update, act)).toMatch(
        /^ctx\.\w+\(\) cannot be used on an ephemeral message, which has no message_id: .+ deleteEphemeralMessage\)\.$/,
      )
    },
  )
})

describe("the answer to an ephemeral message", () => {
  test("is seen by everybody if its caller says so", async () => {
    const act: Act = (ctx) =>
      ctx.reply("x", {
        ephemeral_message_parameters: undefined,
        reply_parameters: undefined,
      } as never)
    const [call] = await callsOf(command, act)
    expect(JSON.parse(JSON.stringify(call?.params))).toEqual({ chat_id: -100, text: "x" })
  })

  test("quotes its own id, also where the caller passes ctx.message.message_id", async () => {
    const act: Act = (ctx) => ctx.reply("x", { reply_parameters: { message_id: 0 } })
    expect((await callsOf(command, act))[0]?.params).toEqual({
      ...{ chat_id: -100, text: "x" },
      ...toCommand,
    })
  })

  test("goes to another chat without the parameters of this one", async () => {
    expect((await callsOf(press, (ctx) => ctx.reply("x", { chat_id: 99 })))[0]?.params).toEqual({
      chat_id: 99,
      text: "x",
    })
  })

  test("goes through the HTTP response in the same way", async () => {
    const edited = await callsOf(press, (ctx) =>
      ctx.respond("editEphemeralMessageText", { text: "x" }),
    )
    expect(edited[0]?.params).toEqual({
      ...{ chat_id: -100, receiver_user_id: 7, ephemeral_message_id: 31 },
      text: "x",
    })
    const ordinary = updateWith({ message: messageOf({}) })
    await expect(
      refusalOf(ordinary, (ctx) => ctx.respond("deleteEphemeralMessage", {})),
    ).resolves.toContain("needs an ephemeral message")
  })
})

test("an edit that names another message of the chat edits that message", async () => {
  const act: Act = (ctx) => ctx.edit("x", { message_id: 3 })
  expect(await callsOf(press, act)).toEqual([
    { method: "editMessageText", params: { chat_id: -100, message_id: 3, text: "x" } },
  ])
  expect((await callsOf(press, (ctx) => ctx.edit("x", { inline_message_id: "i" })))[0]).toEqual({
    method: "editMessageText",
    params: { inline_message_id: "i", text: "x" },
  })
})

test("a message without an id that is not ephemeral is no target, either", async () => {
  const scheduled = updateWith({ message: messageOf({ chat: group, message_id: 0 }) })
  expect(await refusalOf(scheduled, (ctx) => ctx.pin())).toBe(
    "ctx.pin() cannot be used on this message, which has no message_id yet.",
  )
})

describe("ctx.replyEphemeral", () => {
  const say: Act = (ctx) => ctx.replyEphemeral("Only you see this")

  test("answers an ordinary message or a press in a group for its user only", async () => {
    const message = messageOf({ chat: group, is_topic_message: true, message_thread_id: 5 })
    expect(await callsOf(updateWith({ message }), say)).toEqual([
      {
        method: "sendMessage",
        params: {
          ...{ chat_id: -100, message_thread_id: 5, text: "Only you see this" },
          ephemeral_message_parameters: { receiver_user_id: 7 },
        },
      },
    ])
    const query = { id: "q2", from: ada, chat_instance: "1", data: "x" }
    const pressed = updateWith({
      callback_query: { ...query, message: messageOf({ chat: group }) },
    })
    const replace: Act = (ctx) =>
      ctx.replyEphemeral("x", {
        ephemeral_message_parameters: { replace_callback_query_message: true },
      })
    expect((await callsOf(pressed, replace))[0]?.params).toEqual({
      ...{ chat_id: -100, text: "x" },
      ephemeral_message_parameters: {
        ...{ receiver_user_id: 7, callback_query_id: "q2", replace_callback_query_message: true },
      },
    })
  })

  test("sends an ordinary message where only one person reads", async () => {
    const [call] = await callsOf(updateWith({ message: messageOf({}) }), say)
    expect(JSON.parse(JSON.stringify(call?.params))).toEqual({
      ...{ chat_id: 7, text: "Only you see this" },
    })
  })

  test.each([
    ["a channel post", { channel_post: messageOf({ chat: group, from: undefined }) }],
    ["an anonymous administrator", { message: messageOf({ chat: group, sender_chat: group }) }],
    ["an update without a chat", { inline_query: { id: "i", from: ada, query: "", offset: "" } }],
  ])("is refused for %s", async (_, update) => {
    expect(await refusalOf(updateWith(update), say)).toMatch(/^ctx\.replyEphemeral\(\) needs a /)
  })
})
