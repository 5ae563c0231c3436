import type { Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"
import { methodStage, validCalls } from "./valid-calls.js"

test("Stars are counted, listed and refunded once, and the person sees the refund", async () => {
  const stage = await methodStage()
  await using _telegram = stage.telegram
  const charge = await validCalls["refundStarPayment"]!(stage)
  expect(await stage.call("getMyStarBalance", {})).toEqual({ amount: 10_005 })
  const wrong = stage.call("refundStarPayment", { ...charge, telegram_payment_charge_id: "x" })
  await expect(wrong).rejects.toThrow("CHARGE_ID_EMPTY")
  expect(await stage.call("refundStarPayment", charge)).toBe(true)
  await expect(stage.call("refundStarPayment", charge)).rejects.toThrow("CHARGE_ALREADY_REFUNDED")
  expect(await stage.call("getMyStarBalance", {})).toEqual({ amount: 10_000 })
  const id = charge["telegram_payment_charge_id"]
  expect(await stage.call("getStarTransactions", {})).toMatchObject({
    transactions: [
      { id, amount: 5, receiver: { type: "user", user: { id: stage.ada.id } } },
      { id, amount: 5, source: { type: "user", invoice_payload: "tea" } },
      { amount: 10_000, source: { type: "fragment" } },
    ],
  })
  expect(await stage.call("getStarTransactions", { offset: 1, limit: 1 })).toMatchObject({
    transactions: [{ source: {} }],
  })
})

test("a message draft is shown as far as it is written, and is not stored", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  for (const text of ["", "Hel", "<b>Hello</b>"]) {
    const draft = { chat_id: ada.id, draft_id: 7, text, parse_mode: "HTML" }
    await world.result("sendMessageDraft", draft)
  }
  const sent = await world.result<Message>("sendMessage", { chat_id: ada.id, text: "Hello" })
  expect(sent.message_id).toBe(2)
  expect([await ada.seesDraft(), await ada.seesDraft(), await ada.seesDraft()]).toEqual([
    { id: 7, botId: bot.id, text: "" },
    { id: 7, botId: bot.id, text: "Hel" },
    { id: 7, botId: bot.id, text: "Hello", entities: [{ type: "bold", offset: 0, length: 5 }] },
  ])
})

test("a person stops a draft, if the bot permits it", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  await world.result("getUpdates", { allowed_updates: ["stopped_message_generation"] })
  const draft = { chat_id: ada.id, draft_id: 7, text: "Hel" }
  await world.result("sendMessageDraft", draft)
  await world.result("sendMessageDraft", { ...draft, can_stop: true, keep_on_stop: true })
  const [fixed, open] = [await ada.seesDraft(), await ada.seesDraft()]
  expect(open).toMatchObject({ id: 7, canStop: true })
  await expect(ada.stop(fixed)).rejects.toThrow("sent without `can_stop`")
  await ada.stop(open)
  expect(await world.updates()).toEqual([
    { stopped_message_generation: { chat: expect.objectContaining({ id: ada.id }), draft_id: 7 } },
  ])
})

test("a draft needs an id, a private chat and a valid text", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.group({ title: "G" }, ada, bot)
  const refusals = [
    [{ chat_id: ada.id, text: "x" }, "draft_id must be non-zero"],
    [{ chat_id: group.id, draft_id: 1, text: "x" }, "chat must be a private chat"],
    [{ chat_id: ada.id, draft_id: 1, text: "x".repeat(4097) }, "message is too long"],
  ] as const
  for (const [params, refusal] of refusals) {
    expect(await world.refusal("sendMessageDraft", params)).toBe(`Bad Request: ${refusal}`)
  }
})

test("the default administrator rights are stored separately for groups and for channels", async () => {
  await using world = await Meeting.start()
  const rights = { can_post_messages: true, can_invite_users: true, can_pin_messages: true }
  await world.result("setMyDefaultAdministratorRights", { rights, for_channels: true })
  await world.result("setMyDefaultAdministratorRights", { rights: { is_anonymous: true } })
  const channel = await world.result("getMyDefaultAdministratorRights", { for_channels: true })
  expect(channel).toMatchObject({
    is_anonymous: false,
    can_post_messages: true,
    can_invite_users: true,
  })
  expect(channel).not.toHaveProperty("can_pin_messages")
  expect(await world.result("getMyDefaultAdministratorRights")).toMatchObject({
    is_anonymous: true,
    can_invite_users: false,
    can_pin_messages: false,
  })
  await world.result("setMyDefaultAdministratorRights")
  expect(await world.result("getMyDefaultAdministratorRights")).toMatchObject({
    is_anonymous: false,
  })
  const refusal =
    "Bad Request: can't parse ChatAdministratorRights: ChatAdministratorRights must be an Object"
  expect(await world.refusal("setMyDefaultAdministratorRights", { rights: [] })).toBe(refusal)
})
