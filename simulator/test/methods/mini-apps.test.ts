import type {
  Message,
  PreparedInlineMessage,
  PreparedKeyboardButton,
  Update,
} from "@grammyjs/types"
import { expect, test } from "vitest"
import { methodStage, png, validCalls, type MethodStage } from "./valid-calls.js"

async function start(): Promise<MethodStage & AsyncDisposable> {
  const stage = await methodStage()
  return { ...stage, [Symbol.asyncDispose]: () => stage.telegram[Symbol.asyncDispose]() }
}

const result = {
  ...{ type: "article", id: "1", title: "Tea" },
  input_message_content: { message_text: "Tea is ready" },
}

async function lastUpdate(stage: MethodStage): Promise<Update | undefined> {
  return ((await stage.call("getUpdates", { offset: -1 })) as Update[])[0]
}

test("the answer to a Mini App is a message of the person, via the bot, once", async () => {
  await using stage = await start()
  const call = await validCalls["answerWebAppQuery"]!(stage)
  const sent = await stage.call("answerWebAppQuery", { ...call, result })
  expect((await lastUpdate(stage))?.message).toMatchObject({
    ...{ text: "Tea is ready", from: { id: stage.ada.id }, via_bot: { id: stage.bot.id } },
  })
  await stage.call("editMessageText", { ...(sent as object), text: "Tea is cold" })
  expect((await stage.ada.seesEdit()).text).toBe("Tea is cold")
  await expect(stage.call("answerWebAppQuery", { ...call, result })).rejects.toThrow(
    "query is too old",
  )
})

test("a prepared message is sent by its person, to the kinds of chat that it is for", async () => {
  await using stage = await start()
  const { ada, bot, telegram } = stage
  const allowed = { user_id: ada.id, result, allow_group_chats: true }
  const { id } = (await stage.call("savePreparedInlineMessage", allowed)) as PreparedInlineMessage
  const group = telegram.group({ title: "Family" }, ada)
  expect(await ada.sendPrepared(id, group)).toMatchObject({ text: "Tea is ready" })
  await expect(ada.sendPrepared(id, bot)).rejects.toThrow("prepared for other chats: group")
  const bob = telegram.user({ first_name: "Bob" })
  await expect(bob.sendPrepared(id, bot)).rejects.toThrow("Bob expected a message")
  const nowhere = stage.call("savePreparedInlineMessage", { user_id: ada.id, result })
  await expect(nowhere).rejects.toThrow("PEER_TYPES_INVALID")
})

test("a prepared key shares users with the bot", async () => {
  await using stage = await start()
  const { ada, telegram } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const call = await validCalls["savePreparedKeyboardButton"]!(stage)
  const { id } = (await stage.call("savePreparedKeyboardButton", call)) as PreparedKeyboardButton
  await ada.tapPrepared(id, { users: [bob] })
  expect((await lastUpdate(stage))?.message?.users_shared).toMatchObject({
    users: [{ user_id: bob.id }],
  })
  const plain = stage.call("savePreparedKeyboardButton", { ...call, button: { text: "x" } })
  await expect(plain).rejects.toThrow("BUTTON_TYPE_INVALID")
})

test("a guest answers where it is no member, and its message can be edited", async () => {
  await using stage = await start()
  const { ada, bot, telegram } = stage
  const bob = telegram.user({ first_name: "Bob" })
  const group = telegram.supergroup({ title: "Club" }, ada, bob)
  await ada.summon(group, bot, "tea?")
  const update = (await lastUpdate(stage))?.guest_message
  expect(update).toMatchObject({ text: "@stage_bot tea?", chat: { id: group.id } })
  const { guest_query_id } = update as Message
  const sent = await stage.call("answerGuestQuery", { guest_query_id, result })
  const heard = await bob.hears()
  expect(heard).toMatchObject({
    ...{ text: "Tea is ready", from: { id: bot.id }, guest_bot_caller_user: { id: ada.id } },
  })
  await stage.call("editMessageText", { ...(sent as object), text: "Later" })
  expect((await bob.seesEdit()).text).toBe("Later")
})

test("a Mini App is shown to the person who asks to join, and the query is answered afterwards", async () => {
  await using stage = await start()
  const { ada, bot, telegram } = stage
  const group = telegram.supergroup({ title: "Club" }, ada, bot)
  await ada.promote(group, bot)
  const carl = telegram.user({ first_name: "Carl" })
  await carl.requestToJoin(group)
  const chat_join_request_query_id = (await lastUpdate(stage))?.chat_join_request?.query_id
  const web_app_url = "https://example.com/join"
  expect(() => carl.joinApp(group)).toThrow("No bot shows a Mini App")
  await stage.call("sendChatJoinRequestWebApp", { chat_join_request_query_id, web_app_url })
  expect(carl.joinApp(group)).toBe(web_app_url)
  const answer = { chat_join_request_query_id, result: "approve" }
  await stage.call("answerChatJoinRequestQuery", answer)
  await carl.send(group, "Hello")
})

test("tasks of a checklist are marked, and the bot of the account is told", async () => {
  await using stage = await start()
  const { ada } = stage
  const call = await validCalls["sendChecklist"]!(stage)
  const sent = (await stage.call("sendChecklist", call)) as Message
  await ada.check(sent, 1)
  expect(await lastUpdate(stage)).toMatchObject({
    business_message: { checklist_tasks_done: { marked_as_done_task_ids: [1] } },
  })
  const checklist = { title: "Today", tasks: [{ id: 2, text: "Drink tea" }] }
  const { message_id } = sent
  const edited = await stage.call("editMessageChecklist", { ...call, message_id, checklist })
  expect(edited).toMatchObject({ checklist: { title: "Today", tasks: [{ id: 2 }] } })
  await expect(ada.check(sent, 1)).rejects.toThrow("The checklist has no task 1")
  const twice = { title: "x", tasks: [...checklist.tasks, ...checklist.tasks] }
  const broken = stage.call("sendChecklist", { ...call, checklist: twice })
  await expect(broken).rejects.toThrow("Task identifiers must be unique")
})

test("paid media are bought with Stars, and the bot is told the payload", async () => {
  await using stage = await start()
  const { ada } = stage
  const media = [{ type: "photo", media: "attach://a" }]
  const paid = { chat_id: ada.id, star_count: 30, media, a: png, payload: "cake" }
  await stage.call("sendPaidMedia", paid)
  const message = await ada.hears()
  expect(message.paid_media).toMatchObject({ star_count: 30, paid_media: [{ type: "photo" }] })
  await ada.buy(message)
  expect(await lastUpdate(stage)).toMatchObject({
    purchased_paid_media: { from: { id: ada.id }, paid_media_payload: "cake" },
  })
  expect(await stage.call("getMyStarBalance", {})).toEqual({ amount: 10_030 })
  const document = { ...paid, media: [{ type: "document", media: "attach://a" }] }
  await expect(stage.call("sendPaidMedia", document)).rejects.toThrow("is unsupported")
})
