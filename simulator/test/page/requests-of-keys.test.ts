import type { Message, Update } from "@grammyjs/types"
import { expect, test } from "vitest"
import { checkInitData } from "../../../src/web-app/check-init-data.js"
import { call } from "../conformance-stage.js"
import { EventReader } from "./event-reader.js"
import { open } from "./stage.js"

type Stage = Awaited<ReturnType<typeof open>>

async function show({ telegram, bot, ada }: Stage, reply_markup: object): Promise<number> {
  const shown = { chat_id: ada.id, text: "x", reply_markup }
  const sent: Message = (await call(telegram, bot.token, "sendMessage", shown)).result
  return sent.message_id
}

async function lastMessage({ telegram, bot }: Stage): Promise<Update["message"]> {
  const { result } = await call(telegram, bot.token, "getUpdates", { offset: -1 })
  return (result as Update[])[0]?.message
}

const app = "https://example.com/app"

test.each([
  [{ request_users: { request_id: 1, max_quantity: 3 } }, { kind: "users", max: 3 }],
  [{ request_users: { request_id: 1, user_is_bot: true } }, { kind: "users", max: 1, isBot: true }],
  [{ request_chat: { request_id: 1, chat_is_channel: true } }, { kind: "chat", isChannel: true }],
  [{ request_poll: { type: "quiz" } }, { kind: "poll", isQuiz: true }],
  [
    { request_managed_bot: { request_id: 1, suggested_name: "Tea" } },
    { kind: "bot", firstName: "Tea", username: "" },
  ],
  [{ web_app: { url: app } }, { kind: "app" }],
  [{ request_contact: true }, undefined],
])("the page gets the content that the key %j requests", async (request, asks) => {
  await using stage = await open()
  await call(stage.telegram, stage.bot.token, "setMySettings", { can_manage_bots: true })
  await show(stage, { keyboard: [[{ text: "Key", ...request }]] })
  await using events = await EventReader.connect(stage.root)
  const { people } = await events.kind("snapshot")
  expect(people[0]?.keyboards[stage.chat]?.rows).toEqual([[{ text: "Key", ...(asks && { asks }) }]])
})

test("a person on the page shares users, a chat, a poll, a new bot, and the data of a Web App", async () => {
  await using stage = await open()
  const { telegram, bot, ada } = stage
  await call(telegram, bot.token, "setMySettings", { can_manage_bots: true })
  const bob = telegram.user({ first_name: "Bob" })
  const club = telegram.supergroup({ title: "Club" }, ada, bot)
  const keys = {
    Users: { request_users: { request_id: 1 } },
    Chat: { request_chat: { request_id: 2, chat_is_channel: false } },
    Poll: { request_poll: { type: "quiz" } },
    Bot: { request_managed_bot: { request_id: 3, suggested_name: "Tea" } },
    App: { web_app: { url: app } },
  }
  const keyboard = [Object.entries(keys).map(([text, request]) => ({ text, ...request }))]
  await show(stage, { keyboard })
  const tapped = async (key: keyof typeof keys, chosen: object) => {
    expect(await stage.act("tap", { key, ...chosen })).toMatchObject({ ok: true })
    return lastMessage(stage)
  }
  const users = { users_shared: { users: [{ user_id: bob.id }] } }
  expect(await tapped("Users", { users: [bob.id] })).toMatchObject(users)
  const chat = { chat_shared: { chat_id: club.id } }
  expect(await tapped("Chat", { shared: String(club.id) })).toMatchObject(chat)
  const asked = { question: "2 + 2?", options: "4\n5", quiz: "yes" }
  expect(await tapped("Poll", asked)).toMatchObject({ poll: { type: "quiz", question: "2 + 2?" } })
  const made = { managed_bot_created: { bot: { first_name: "Tea", username: "tea_bot" } } }
  expect(await tapped("Bot", { username: "tea_bot" })).toMatchObject(made)
  const data = { web_app_data: { data: "1", button_text: "App" } }
  expect(await tapped("App", { data: "1" })).toMatchObject(data)
  const without = await stage.act("tap", { key: "Users" })
  expect(without.error).toMatch("Expected the option `users`")
})

test("a Web App opens with data that its server can check", async () => {
  await using stage = await open()
  const inline_keyboard = [[{ text: "App", web_app: { url: app } }]]
  const message_id = await show(stage, { inline_keyboard })
  const initDataOf = async (place: object) => {
    const { url } = (await stage.act("openApp", place)) as unknown as { url: string }
    expect(url.startsWith(`${app}#`)).toBe(true)
    return new URLSearchParams(new URL(url).hash.slice(1)).get("tgWebAppData")
  }
  const initData = await initDataOf({ message_id, text: "App" })
  const ofButton = await checkInitData(initData ?? "", stage.bot.token)
  expect(ofButton).toMatchObject({ user: { id: stage.ada.id, first_name: "Ada" } })
  const web_app_query_id = ofButton?.query_id
  const input_message_content = { message_text: "From the app" }
  const result = { type: "article", id: "1", title: "Tea", input_message_content }
  await call(stage.telegram, stage.bot.token, "answerWebAppQuery", { web_app_query_id, result })
  expect((await stage.ada.hears()).text).toBe("x")
  expect((await lastMessage(stage))?.text).toBe("From the app")
  // The documentation: the data are empty if the app was launched from a keyboard button.
  await show(stage, { keyboard: [[{ text: "Key", web_app: { url: app } }]] })
  expect(await initDataOf({ key: "Key" })).toBeNull()
})

test("a person with Telegram Premium is created on the page", async () => {
  await using stage = await open()
  await stage.act("createUser", { first_name: "Eve", premium: "on" })
  const eve = stage.telegram.users.find(({ firstName }) => firstName === "Eve")
  expect((await eve?.send(stage.bot, "Hello"))?.from).toMatchObject({ is_premium: true })
})
