import type { Message, Poll } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"

const question = { question: "Tea?", options: ["Yes", "No"] }

test("options and descriptions have media, and a quiz explains itself with a picture", async () => {
  await using world = await Meeting.start()
  const { photo = [] } = await world.result<Message>("sendPhoto", {
    ...{ chat_id: world.ada.id, photo: "https://example.invalid/tea.png" },
  })
  const media = { type: "photo", media: photo[0]?.file_id }
  const { poll } = await world.result<Message>("sendPoll", {
    ...{ chat_id: world.ada.id, question: "Tea?", type: "quiz", correct_option_ids: [0] },
    options: [
      { text: "Yes", media: { type: "link", url: "https://example.com" } },
      { text: "No", media: { type: "location", latitude: 1, longitude: 2 } },
    ],
    media: { type: "venue", latitude: 1, longitude: 2, title: "Tea house", address: "1 Road" },
    explanation_media: media,
  })
  expect(poll).toMatchObject({
    options: [
      { media: { link: { url: "https://example.com" } } },
      { media: { location: { latitude: 1, longitude: 2 } } },
    ],
    media: { venue: { title: "Tea house" } },
    explanation_media: { photo: [{}, {}, {}, {}] },
  })
})

test("only custom emoji are kept in a question and its options", async () => {
  await using world = await Meeting.start()
  const emoji = { type: "custom_emoji", custom_emoji_id: "1", offset: 0, length: 3 }
  const entities = [emoji, { type: "bold", offset: 0, length: 3 }]
  const { poll } = await world.result<Message>("sendPoll", {
    ...{ chat_id: world.ada.id, question: "Tea?", question_entities: entities },
    options: [{ text: "Yes", text_entities: entities }, "*No*"],
  })
  expect(poll?.question_entities).toEqual([emoji])
  expect(poll?.options).toMatchObject([{ text_entities: [emoji] }, { text: "*No*" }])
})

test("people add options to a poll that takes them, and delete their own with its votes", async () => {
  await using world = await Meeting.start()
  const { ada, bob, telegram, bot } = world
  const group = telegram.group({ title: "Club" }, ada, bob, bot)
  const call = { chat_id: group.id, ...question, is_anonymous: false, allow_adding_options: true }
  const message = await world.result<Message>("sendPoll", call)
  await ada.addOption(message, "Later")
  await bob.vote(message, "Later")
  await expect(bob.deleteOption(message, "Later")).rejects.toThrow(
    "Bob can delete only own options",
  )
  const { options, total_voter_count } = await ada.deleteOption(message, "Later")
  expect(options).toHaveLength(2)
  expect(total_voter_count).toBe(0)
  const updates = await world.updates()
  expect(updates).toMatchObject([
    { my_chat_member: {} },
    { poll: { options: [{}, {}, { text: "Later", added_by_user: { id: ada.id } }] } },
    { message: { poll_option_added: { option_persistent_id: "2", option_text: "Later" } } },
    ...[{ poll: {} }, { poll_answer: { option_persistent_ids: ["2"] } }],
    { poll: { options: [{}, {}], total_voter_count: 0 } },
    { message: { poll_option_deleted: { option_persistent_id: "2", option_text: "Later" } } },
  ])
  const anonymous = { chat_id: group.id, ...question, allow_adding_options: true }
  expect(await world.refusal("sendPoll", anonymous)).toMatch("options can't be added")
})

test("a poll that hides its results shows them to people when it is closed", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const call = { chat_id: ada.id, ...question, hide_results_until_closes: true }
  const message = await world.result<Message>("sendPoll", call)
  expect(await ada.vote(message, "Yes")).toMatchObject({ total_voter_count: 0 })
  const place = { chat_id: ada.id, from_chat_id: ada.id, message_id: message.message_id }
  const shown = await world.result<Message>("forwardMessage", place)
  expect(shown.poll?.total_voter_count).toBe(0)
  expect((await world.updates()).at(-1)).toMatchObject({ poll: { total_voter_count: 1 } })
  const closed = await world.result<Poll>("stopPoll", place)
  expect(closed).toMatchObject({ is_closed: true, total_voter_count: 1 })
})
