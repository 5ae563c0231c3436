import type { ChatMember, Message } from "@grammyjs/types"
import { expect, test } from "vitest"
import { Meeting } from "../meeting.js"

async function club() {
  const world = await Meeting.start()
  const { telegram, ada, bob, bot } = world
  const group = telegram.supergroup({ title: "Club" }, ada, bob, bot)
  await ada.promote(group, bot)
  return { world, group, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

test("the owner of a chat can be neither banned nor unbanned", async () => {
  await using stage = await club()
  const { world, group } = stage
  const owner = { chat_id: group.id, user_id: world.ada.id }
  const refusal = "Bad Request: can't remove chat owner"
  for (const method of ["unbanChatMember", "banChatMember", "kickChatMember"]) {
    expect(await world.refusal(method, owner)).toBe(refusal)
  }
  expect(await world.result("getChatMember", owner)).toMatchObject({ status: "creator" })
})

test("an administrator promoted by others is not unbanned", async () => {
  await using stage = await club()
  const { world, group } = stage
  await world.ada.promote(group, world.bob)
  const bob = { chat_id: group.id, user_id: world.bob.id }
  expect(await world.refusal("unbanChatMember", bob)).toMatch(
    "user is an administrator of the chat",
  )
})

test("setting the present title of a chat succeeds, and a longer title is cut", async () => {
  await using stage = await club()
  const { world, group } = stage
  await world.updates()
  await world.result("setChatTitle", { chat_id: group.id, title: "Club" })
  expect(await world.updates()).toEqual([])
  await world.result("setChatTitle", { chat_id: group.id, title: "x".repeat(200) })
  expect(group.title).toBe("x".repeat(128))
})

test("in a public group members cannot change the group, whatever its permissions", async () => {
  await using world = await Meeting.start()
  const { ada, bot, telegram } = world
  const group = telegram.supergroup({ title: "Open", username: "open" }, ada, bot)
  await ada.promote(group, bot)
  const permissions = { can_change_info: true, can_pin_messages: true, can_invite_users: true }
  await world.result("setChatPermissions", { chat_id: group.id, permissions })
  expect(await world.result("getChat", { chat_id: group.id })).toMatchObject({
    permissions: { can_change_info: false, can_pin_messages: false, can_invite_users: true },
  })
})

test("administrators that are bots are listed on request", async () => {
  await using stage = await club()
  const { world, group } = stage
  const other = world.telegram.bot({ username: "other_bot" })
  await world.ada.add(group, other)
  await world.ada.promote(group, other)
  const ids = async (more: object) => {
    const all = await world.result<ChatMember[]>("getChatAdministrators", {
      chat_id: group.id,
      ...more,
    })
    return all.map(({ user }) => user.id)
  }
  expect(await ids({})).toEqual([world.ada.id, world.bot.id])
  expect(await ids({ return_bots: true })).toEqual([world.ada.id, world.bot.id, other.id])
})

test("declining the join request of a member fails, because a member has none", async () => {
  await using stage = await club()
  const { world, group } = stage
  const bob = { chat_id: group.id, user_id: world.bob.id }
  expect(await world.refusal("approveChatJoinRequest", bob)).toMatch("USER_ALREADY_PARTICIPANT")
  expect(await world.refusal("declineChatJoinRequest", bob)).toMatch("HIDE_REQUESTER_MISSING")
})

test("a reply written by hand satisfies a ForceReply", async () => {
  await using world = await Meeting.start()
  const { ada, bot } = world
  const wish = { chat_id: ada.id, text: "Your name?", reply_markup: { force_reply: true } }
  await world.result("sendMessage", wish)
  await ada.send(bot, "Ada", { reply_to: await ada.hears() })
  await ada.send(bot, "/help")
  const [answer, next] = (await world.updates()) as { message: Message }[]
  expect(answer?.message.reply_to_message?.text).toBe("Your name?")
  expect(next?.message.reply_to_message).toBeUndefined()
})

test("a stopped poll has the keyboard given with the stop, or none", async () => {
  await using world = await Meeting.start()
  const keyboard = (text: string) => ({ inline_keyboard: [[{ text, callback_data: text }]] })
  for (const next of [{ reply_markup: keyboard("again") }, {}]) {
    const asked = { chat_id: world.ada.id, question: "?", options: ["a", "b"] }
    const sent = { ...asked, reply_markup: keyboard("stop") }
    const { message_id } = await world.result<Message>("sendPoll", sent)
    await world.result("stopPoll", { chat_id: world.ada.id, message_id, ...next })
    const reply = { chat_id: world.ada.id, text: "x", reply_parameters: { message_id } }
    const { reply_to_message } = await world.result<Message>("sendMessage", reply)
    expect(reply_to_message?.reply_markup).toEqual(next.reply_markup)
  }
})

test("an update with an old date lives for a day from its push", async () => {
  await using world = await Meeting.start()
  const chat = { id: 1, type: "private" as const, first_name: "Ada" }
  const from = { id: 1, is_bot: false, first_name: "Ada" }
  const message = { message_id: 5, date: 1_441_645_532, chat, from, text: "recorded" }
  expect(world.bot.push({ message })).toBeGreaterThan(0)
  expect(await world.updates()).toEqual([{ message }])
})

test("an invoice asks for the person's data, and accepts tips up to its maximum", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const invoice = { title: "Tea", description: "Hot", payload: "tea", currency: "EUR" }
  const sent = await world.result<Message>("sendInvoice", {
    chat_id: ada.id,
    ...invoice,
    provider_token: "1:TEST:a",
    prices: [{ label: "Tea", amount: 100 }],
    need_name: true,
    need_email: true,
    max_tip_amount: 50,
    suggested_tip_amounts: [10, 50],
  })
  await expect(ada.pay(sent, { tip: 51 })).rejects.toThrow("tips up to 50")
  const paid = ada.pay(sent, { tip: 10 })
  const [query] = (await world.updates()) as { pre_checkout_query: { id: string } }[]
  expect(query).toMatchObject({
    pre_checkout_query: {
      total_amount: 110,
      order_info: { name: "Ada", email: expect.any(String) },
    },
  })
  const pre_checkout_query_id = query?.pre_checkout_query.id
  await world.result("answerPreCheckoutQuery", { pre_checkout_query_id, ok: true })
  expect(await paid).toMatchObject({ ok: true })
})

test.each([
  ["{bad", "can't parse suggested_tip_amounts JSON object"],
  [{}, "expected an Array of suggested tip amounts"],
  [[60], "SUGGESTED_TIP_AMOUNTS_INVALID"],
  [[20, 10], "SUGGESTED_TIP_AMOUNTS_INVALID"],
])("suggested tips of %j are refused: %s", async (suggested_tip_amounts, refusal) => {
  await using world = await Meeting.start()
  const invoice = { title: "Tea", description: "Hot", payload: "tea", currency: "XTR" }
  const prices = [{ label: "Tea", amount: 100 }]
  const tips = { max_tip_amount: 50, suggested_tip_amounts }
  const sent = { chat_id: world.ada.id, ...invoice, prices, ...tips }
  expect(await world.refusal("sendInvoice", sent)).toBe(`Bad Request: ${refusal}`)
})

test("a button that does not notify the bot is opened, and shows its content", async () => {
  await using world = await Meeting.start()
  const { ada } = world
  const row = [
    { text: "Docs", url: "https://example.com" },
    { text: "Copy", copy_text: { text: "code" } },
    { text: "App", web_app: { url: "https://example.com/app" } },
    { text: "Search", switch_inline_query_current_chat: "tea" },
    { text: "Log in", login_url: { url: "https://example.com/login" } },
    { text: "Tell", callback_data: "tell" },
  ]
  await world.result("sendMessage", {
    chat_id: ada.id,
    text: "x",
    reply_markup: { inline_keyboard: [row] },
  })
  const message = await ada.hears()
  expect(row.slice(0, 5).map(({ text }) => ada.open(message, text))).toEqual([
    { url: "https://example.com" },
    { copied: "code" },
    {
      webApp: "https://example.com/app",
      queryId: expect.any(String),
      initData: expect.stringContaining("query_id="),
    },
    { query: "tea", isHere: true },
    { url: "https://example.com/login" },
  ])
  await expect(ada.press(message, "Docs")).rejects.toThrow("This button opens a link")
  expect(() => ada.open(message, "Tell")).toThrow("use `press`")
})
