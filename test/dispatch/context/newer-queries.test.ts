import { expect, expectTypeOf, test } from "vitest"
import { Dispatcher } from "../../../src/dispatch/index.js"
import type { WidgetQuery } from "../../../src/telegram/types.js"
import { ada, group, keptBot, updateWith, withContext } from "../../support/updates.js"

const query = { id: "w1", from: ada, chat_instance: "1", type: { type: "data" }, data: "tap" }

test("ctx.answer answers a query from a widget, with data or without", async () => {
  const { bot, calls } = keptBot()
  const dispatcher = new Dispatcher({ bot })
  dispatcher.widgetQuery(async (ctx) => {
    expectTypeOf(ctx.widgetQuery).toEqualTypeOf<WidgetQuery>()
    await ctx.answer(`hi ${ctx.from.first_name}`)
  })
  dispatcher.sharedWidgetQuery((ctx) => ctx.answer())
  await dispatcher.process(updateWith({ widget_query: { ...query, chat: group, message_id: 5 } }))
  await dispatcher.process(updateWith({ shared_widget_query: { ...query, widget_id: "9" } }))
  expect(calls).toEqual([
    { method: "answerWidgetQuery", params: { widget_query_id: "w1", data: "hi Ada" } },
    { method: "answerWidgetQuery", params: { widget_query_id: "w1" } },
  ])
})

test("ctx.answer answers a request to join whose answer Telegram awaits", async () => {
  const { bot, calls } = keptBot()
  const dispatcher = new Dispatcher({ bot })
  dispatcher.chatJoinRequest((ctx) => ctx.answer("queue"))
  const request = { chat: group, from: ada, user_chat_id: 7, date: 1 }
  await dispatcher.process(updateWith({ chat_join_request: { ...request, query_id: "j1" } }))
  expect(calls).toEqual([
    {
      method: "answerChatJoinRequestQuery",
      params: { chat_join_request_query_id: "j1", result: "queue" },
    },
  ])
  const failures: string[] = []
  dispatcher.catch(({ cause }) => void failures.push(String(cause)))
  await dispatcher.process(updateWith({ chat_join_request: request }))
  expect(failures).toEqual([expect.stringContaining("call ctx.approve() or ctx.decline()")])
})

test("ctx.respond fills in the ids of these queries", async () => {
  const { bot, calls } = keptBot()
  const join = { chat: group, from: ada, user_chat_id: 7, date: 1, query_id: "j1" }
  await withContext(bot, updateWith({ widget_query: query }), (ctx) =>
    ctx.respond("answerWidgetQuery", { data: "x" }),
  )
  await withContext(bot, updateWith({ chat_join_request: join }), (ctx) =>
    ctx.respond("answerChatJoinRequestQuery", { result: "approve" }),
  )
  expect(calls.map(({ params }) => params)).toEqual([
    { widget_query_id: "w1", data: "x" },
    { chat_join_request_query_id: "j1", result: "approve" },
  ])
})

test("a press that names no chat says which shortcut reaches its message", async () => {
  const { bot, calls } = keptBot()
  const press = { id: "q", from: ada, chat_instance: "1", data: "x", inline_message_id: "i1" }
  await withContext(bot, updateWith({ callback_query: press }), async (ctx) => {
    await expect(ctx.reply("x")).rejects.toThrow(
      "does not have: a press under an inline message names no chat; call ctx.edit() or ctx.replyEphemeral().",
    )
    await ctx.edit("x")
    await ctx.replyEphemeral("y")
  })
  expect(calls).toEqual([
    { method: "editMessageText", params: { inline_message_id: "i1", text: "x" } },
    {
      method: "sendMessage",
      params: { text: "y", ephemeral_message_parameters: { callback_query_id: "q" } },
    },
  ])
})
