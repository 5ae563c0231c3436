import { expect, test } from "vitest"
import { MovableClock } from "../../src/index.js"
import { Meeting } from "../meeting.js"

test("an administrator schedules, starts and ends a video chat, and the bot sees each step", async () => {
  const clock = new MovableClock()
  await using world = await Meeting.start({ simulator: { clock } })
  const { ada, bob, bot, telegram } = world
  const club = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  await world.updates()
  await ada.scheduleVideoChat(club, 2_000_000_000)
  await ada.startVideoChat(club)
  await expect(ada.startVideoChat(club)).rejects.toThrow('"Club" has a video chat')
  await ada.inviteToVideoChat(club, bob)
  await clock.advance(90_000)
  await ada.endVideoChat(club)
  await expect(ada.endVideoChat(club)).rejects.toThrow('"Club" has no video chat')
  await expect(bob.startVideoChat(club)).rejects.toThrow("Bob is not an administrator")
  await ada.promote(club, bob, ["can_pin_messages"])
  await expect(bob.startVideoChat(club)).rejects.toThrow("Bob may not manage video chats")
  const messages = (await world.updates()).flatMap(({ message }) => message ?? [])
  expect(messages).toMatchObject([
    { from: { id: ada.id }, video_chat_scheduled: { start_date: 2_000_000_000 } },
    { video_chat_started: {} },
    { video_chat_participants_invited: { users: [{ id: bob.id }] } },
    { video_chat_ended: { duration: 90 } },
  ])
})

test("the timer after which messages are deleted is a message, and a field of the chat", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const club = telegram.group({ title: "Club" }, ada, bot)
  await world.updates()
  const time = async () => {
    const chat = await world.result<object>("getChat", { chat_id: club.id })
    return "message_auto_delete_time" in chat ? chat.message_auto_delete_time : undefined
  }
  await ada.setAutoDelete(club, 86_400)
  expect(await time()).toBe(86_400)
  await ada.setAutoDelete(club, 0)
  expect(await time()).toBeUndefined()
  await expect(ada.setAutoDelete(club, -1)).rejects.toThrow("integer")
  const timers = (await world.updates()).map(
    ({ message }) => message?.message_auto_delete_timer_changed?.message_auto_delete_time,
  )
  expect(timers).toEqual([86_400, 0])
})

test("a member's boost of a supergroup is a message, and counts in those that follow", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const club = telegram.supergroup({ title: "Club" }, ada, bot)
  ada.setPremium()
  expect(await ada.send(club, "/before")).not.toHaveProperty("sender_boost_count")
  await world.updates()
  await ada.boost(club)
  expect(await ada.send(club, "/after")).toMatchObject({ sender_boost_count: 1 })
  const messages = (await world.updates()).flatMap(({ message }) => message ?? [])
  expect(messages).toMatchObject([{ boost_added: { boost_count: 1 } }, { text: "/after" }])
})
