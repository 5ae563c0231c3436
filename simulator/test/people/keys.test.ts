import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"
import { png } from "../methods/valid-calls.js"

async function showKey(world: Meeting, request: object): Promise<void> {
  const reply_markup = { keyboard: [[{ text: "Share", ...request }]] }
  await world.result("sendMessage", { chat_id: world.ada.id, text: "x", reply_markup })
}

test("a person shares the names and the photo of people if the key requests them", async () => {
  await using world = await Meeting.start()
  const { ada, telegram } = world
  const eve = telegram.user({ first_name: "Eve", last_name: "L", username: "eve" })
  eve.setPhoto(png)
  const asked = { request_name: true, request_username: true, request_photo: true }
  await showKey(world, { request_users: { request_id: 1, ...asked } })
  const { users_shared } = await ada.tap("Share", { users: [eve] })
  expect(users_shared?.users).toMatchObject([
    { user_id: eve.id, first_name: "Eve", last_name: "L", username: "eve", photo: [{ width: 1 }] },
  ])
})

test("a person shares the title and the name of a chat if the key requests them", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const club = telegram.supergroup({ title: "Club", username: "tea_club" }, ada, bot)
  const asked = { request_title: true, request_username: true }
  await showKey(world, { request_chat: { request_id: 1, chat_is_channel: false, ...asked } })
  const { chat_shared } = await ada.tap("Share", { chat: club })
  expect(chat_shared).toEqual({
    ...{ request_id: 1, chat_id: club.id, title: "Club", username: "tea_club" },
  })
})

test("a person shares at least one user", async () => {
  await using world = await Meeting.start()
  await showKey(world, { request_users: { request_id: 1 } })
  await expect(world.ada.tap("Share", { users: [] })).rejects.toThrow("requests at least one user")
})

test.each([
  [{ request_users: { request_id: 1 } }, "at most 1 users"],
  [{ request_users: { request_id: 1, max_quantity: 2, user_is_bot: true } }, "bots"],
  [{ request_users: { request_id: 1, max_quantity: 2, user_is_premium: true } }, "with Telegram"],
  [{ request_chat: { request_id: 1, chat_is_channel: true } }, "a channel"],
  [{ request_chat: { request_id: 1, chat_is_channel: false, chat_is_forum: true } }, "with topics"],
  [{ request_chat: { request_id: 1, chat_is_channel: false, chat_is_created: true } }, "of Ada"],
  [
    {
      request_chat: {
        ...{ request_id: 1, chat_is_channel: false },
        bot_administrator_rights: { can_delete_messages: true },
      },
    },
    "the bot has can_delete_messages",
  ],
  [{ request_poll: { type: "quiz" } }, "a poll of the type quiz"],
])("an answer that Telegram's apps do not offer for %j is no action", async (request, reason) => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const club = telegram.supergroup({ title: "Club" }, bob, ada, bot)
  await showKey(world, request)
  const poll = { question: "Tea?", options: ["Yes"] }
  const shared = { users: [ada, bob], chat: club, poll }
  await expect(ada.tap("Share", shared)).rejects.toThrow(reason)
})
