import { describe, expect, test } from "vitest"
import { Dispatcher } from "../../src/dispatch/index.js"
import { streaming, type StreamOptions } from "../../src/stream/index.js"
import type { Update } from "../../src/telegram/types.js"
import { ada, group, keptBot, messageOf, messageUpdate, updateWith } from "../support/updates.js"
import { Pieces } from "./pieces.js"

/**
 * Streams "ab" in answer to an update, with a state after "a". Returns the calls, without actions of the chat, and
 * the error of the handler.
 */
async function streamed(update: Update, options: StreamOptions = {}) {
  const pieces = new Pieces()
  const { bot, calls } = keptBot(({ method, params }) => {
    const { chat_id, text } = params as { chat_id: number; text: { text: string } }
    if (method === "sendMessageDraft" || method === "sendMessage") {
      if (text.text === "a") {
        pieces.give("b")
        pieces.end()
      }
    }
    const chat = { id: chat_id, type: "private", first_name: "A" }
    return method.startsWith("send") && !/Draft|Action/.test(method)
      ? { message_id: 31, date: 1, chat, text: text.text }
      : true
  })
  const dispatcher = new Dispatcher({ bot })
  const errors: unknown[] = []
  dispatcher.catch((error) => void errors.push(error.cause))
  streaming(dispatcher, { paceMs: 1 }).use((ctx) => ctx.stream(pieces, options))
  pieces.give("a")
  if (options.view === "nothing" || "receiver" in update) pieces.end()
  await dispatcher.process(update)
  const made = calls.filter(({ method }) => method !== "sendChatAction")
  return { calls: made, actions: calls.filter(({ method }) => method === "sendChatAction"), errors }
}

const plain = (text: string) => ({ text, entities: [] })

describe("the target of an answer", () => {
  test("is the topic of a private chat, for drafts and messages", async () => {
    const { calls } = await streamed(
      messageUpdate({ is_topic_message: true, message_thread_id: 5 }),
    )
    expect(calls.map(({ method, params }) => [method, params])).toEqual([
      [
        "sendMessageDraft",
        expect.objectContaining({ chat_id: 7, message_thread_id: 5, text: plain("a") }),
      ],
      ["sendMessage", { chat_id: 7, message_thread_id: 5, text: plain("ab") }],
    ])
  })

  test("is the topic of a group, also for the action", async () => {
    const update = messageUpdate({ chat: group, is_topic_message: true, message_thread_id: 5 })
    const { calls, actions } = await streamed(update)
    expect(actions[0]?.params).toEqual({ chat_id: -100, message_thread_id: 5, action: "typing" })
    expect(calls.map(({ method, params }) => [method, params])).toEqual([
      ["sendMessage", expect.objectContaining({ chat_id: -100, message_thread_id: 5 })],
      ["editMessageText", { chat_id: -100, message_id: 31, text: plain("ab") }],
    ])
  })

  test("is the chat of a business account, which has no drafts", async () => {
    const update = updateWith({ business_message: messageOf({ business_connection_id: "b" }) })
    const { calls, actions } = await streamed(update)
    expect(actions[0]?.params).toMatchObject({ business_connection_id: "b" })
    expect(calls.map(({ method, params }) => [method, params])).toEqual([
      ["sendMessage", expect.objectContaining({ chat_id: 7, business_connection_id: "b" })],
      [
        "editMessageText",
        { chat_id: 7, message_id: 31, business_connection_id: "b", text: plain("ab") },
      ],
    ])
  })

  test("is the person of an ephemeral message, and nothing is shown before the end", async () => {
    const pieces = new Pieces()
    pieces.give("a", "b")
    pieces.end()
    const { bot, calls } = keptBot(() => messageOf({ text: "ab" }))
    const dispatcher = new Dispatcher({ bot })
    streaming(dispatcher, { paceMs: 1 }).use((ctx) => ctx.stream(pieces))
    const ephemeral = { message_id: 0, ephemeral_message_id: 4, receiver_user: ada }
    await dispatcher.process(messageUpdate({ chat: group, text: "/ask", ...ephemeral }))
    expect(calls.filter(({ method }) => method !== "sendChatAction")).toEqual([
      {
        method: "sendMessage",
        params: expect.objectContaining({
          chat_id: -100,
          ephemeral_message_parameters: { receiver_user_id: 7 },
          text: plain("ab"),
        }),
      },
    ])
  })

  test("is another chat if the parameters name one", async () => {
    const update = messageUpdate({ chat: group, is_topic_message: true, message_thread_id: 5 })
    const { calls } = await streamed(update, { message: { chat_id: 8 } })
    expect(calls.map(({ method }) => method)).toEqual(["sendMessageDraft", "sendMessage"])
    expect(calls[1]?.params).toEqual({ chat_id: 8, text: plain("ab") })
  })

  test("is missing for an inline query: the stream is refused, and its source ended", async () => {
    const update = updateWith({ inline_query: { id: "1", from: ada, query: "", offset: "" } })
    const { calls, errors } = await streamed(update)
    expect(calls).toEqual([])
    expect(errors).toEqual([
      expect.objectContaining({ message: expect.stringContaining("ctx.stream() needs a chat") }),
    ])
  })
})

test("without a queue nothing is noted, and the answer is sent all the same", async () => {
  const { calls, errors } = await streamed(messageUpdate({ text: "x" }))
  expect([calls.map(({ method }) => method), errors]).toEqual([
    ["sendMessageDraft", "sendMessage"],
    [],
  ])
})
