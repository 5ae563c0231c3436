import { beforeAll, expect, test } from "vitest"
import { built } from "../../../test/support/built.js"
import { call } from "../conformance-stage.js"
import { EventReader } from "./event-reader.js"
import { open } from "./stage.js"

beforeAll(built)

test("the page shows the chats of a business account, and both people write in them", async () => {
  await using stage = await open()
  const { act, ada, telegram } = stage
  const bot = telegram.bot({ username: "office_bot", can_connect_to_business: true })
  const bob = telegram.user({ first_name: "Bob" })
  const { id } = await ada.connect(bot)
  await using events = await EventReader.connect(stage.root)
  await events.kind("snapshot")
  await bob.send(ada, "Are you open?")
  const key = `account:${ada.id}:${bob.id}`
  const shown = await events.until((event) => event.kind === "chat" && event.chat.key === key)
  expect(shown).toMatchObject({ chat: { title: "Bob & Ada", people: [ada.id, bob.id] } })
  const written = { as: bob.id, chat: key, text: "Hello?" }
  expect(await act("send", written)).toMatchObject({ ok: true })
  await events.until((event) => event.kind === "message" && event.message.text === "Hello?")
  const answer = { business_connection_id: id, chat_id: bob.id, text: "We are" }
  await call(telegram, bot.token, "sendMessage", answer)
  await events.until((event) => event.kind === "message" && event.message.text === "We are")
  const updates = await call(telegram, bot.token, "getUpdates", {})
  const texts = (updates.result as { business_message?: { text: string } }[]).flatMap(
    ({ business_message }) => business_message?.text ?? [],
  )
  expect(texts).toEqual(["Are you open?", "Hello?"])
  const carl = telegram.user({ first_name: "Carl" })
  expect(await act("send", { ...written, as: carl.id })).toMatchObject({
    error: "You are not in this chat",
  })
  await using later = await EventReader.connect(stage.root)
  const snapshot = await later.kind("snapshot")
  expect(snapshot.chats.map((chat) => chat.key)).toContain(key)
})
