import { expect, test } from "vitest"
import type { ChatInviteLink, ChatMember } from "@grammyjs/types"
import type { SimulatedGroup } from "../../src/index.js"
import { Meeting } from "../meeting.js"

interface Led extends Meeting {
  readonly group: SimulatedGroup
}

/** Creates a supergroup owned by Ada, with Bob as a member and the bot as a full administrator. */
async function lead(): Promise<Led> {
  const world = await Meeting.start()
  const group = world.telegram.supergroup({ title: "Club" }, world.ada, world.bob, world.bot)
  await world.ada.promote(group, world.bot)
  await world.updates()
  return Object.assign(world, { group })
}

test("a chat lists its members and administrators", async () => {
  await using world = await lead()
  const { ada, bob, bot, group } = world
  const chat_id = group.id
  expect(await world.result("getChatMemberCount", { chat_id })).toBe(3)
  const leaders = await world.result<ChatMember[]>("getChatAdministrators", { chat_id })
  expect(leaders.map(({ user, status }) => [user.id, status])).toEqual([
    [ada.id, "creator"],
    [bot.id, "administrator"],
  ])
  const user_id = bob.id
  expect(await world.result("getChatMember", { chat_id, user_id })).toMatchObject({
    status: "member",
    user: { first_name: "Bob" },
  })
  expect(await world.refusal("getChatMember", { chat_id, user_id: 4 })).toBe(
    "Bad Request: user not found",
  )
  expect(await world.refusal("getChatAdministrators", { chat_id: ada.id })).toBe(
    "Bad Request: there are no administrators in the private chat",
  )
})

test("a banned person is out, and can come back only after an unban", async () => {
  await using world = await lead()
  const { bob, group } = world
  const target = { chat_id: group.id, user_id: bob.id }
  expect(await world.result("banChatMember", target)).toBe(true)
  expect(await world.updates()).toMatchObject([
    {
      chat_member: {
        old_chat_member: { status: "member" },
        new_chat_member: { status: "kicked", user: { id: bob.id } },
      },
    },
    { message: { left_chat_member: { id: bob.id } } },
  ])
  await expect(bob.send(group, "x")).rejects.toThrow('Bob is not in the group "Club"')
  await expect(bob.join(group)).rejects.toThrow("banned")
  expect(await world.result("unbanChatMember", target)).toBe(true)
  await bob.join(group)
  expect(await world.types()).toEqual(["chat_member", "chat_member", "message"])
})

test("a restricted member can do only what the restriction permits", async () => {
  await using world = await lead()
  const { bob, group } = world
  const target = { chat_id: group.id, user_id: bob.id }
  const until_date = Math.floor(Date.now() / 1000) + 3600
  const permissions = { can_send_messages: true }
  expect(await world.result("restrictChatMember", { ...target, permissions, until_date })).toBe(
    true,
  )
  expect(await world.result("getChatMember", target)).toMatchObject({
    status: "restricted",
    is_member: true,
    can_send_messages: true,
    can_send_photos: false,
    until_date,
  })
  await bob.send(group, "words")
  const photo = bob.send(group, { photo: new Uint8Array([1]) })
  await expect(photo).rejects.toThrow('Bob may not send photos to "Club"')
})

test("a promoted member is an administrator with exactly the given rights", async () => {
  await using world = await lead()
  const { bob, group } = world
  const target = { chat_id: group.id, user_id: bob.id }
  await world.result("promoteChatMember", { ...target, can_pin_messages: true })
  expect(await world.result("getChatMember", target)).toMatchObject({
    status: "administrator",
    can_be_edited: true,
    can_manage_chat: true,
    can_pin_messages: true,
    can_delete_messages: false,
  })
  const titled = { ...target, custom_title: "Boss" }
  await world.result("setChatAdministratorCustomTitle", titled)
  await world.result("promoteChatMember", target)
  expect(await world.result("getChatMember", target)).toMatchObject({ status: "member" })
})

test.each([
  ["banChatMember", "ADA", "can't remove chat owner"],
  ["banChatMember", "BOT", "can't restrict self"],
  ["promoteChatMember", "ADA", "can't remove chat owner"],
  ["promoteChatMember", "BOT", "can't promote self"],
  ["restrictChatMember", "ADA", "can't remove chat owner"],
  ["approveChatJoinRequest", "BOB", "USER_ALREADY_PARTICIPANT"],
  ["revokeChatInviteLink", "BOB", "INVITE_HASH_EXPIRED"],
  ["setChatDescription", "BOB", "chat description is not modified"],
  ["setChatPhoto", "BOB", "photo must be uploaded as an InputFile"],
  ["createForumTopic", "BOB", "the chat is not a forum"],
])("%s for %s is refused: %s", async (method, who, reason) => {
  await using world = await lead()
  const ids: Record<string, number> = { ADA: world.ada.id, BOB: world.bob.id, BOT: world.bot.id }
  const params = { chat_id: world.group.id, user_id: ids[who], name: "x", permissions: {} }
  expect(await world.refusal(method, params)).toBe(`Bad Request: ${reason}`)
})

test.each([
  ["banChatMember", "not enough rights to restrict/unrestrict chat member"],
  ["restrictChatMember", "not enough rights to restrict/unrestrict chat member"],
  ["promoteChatMember", "not enough rights"],
  ["setChatTitle", "not enough rights to change chat title"],
  ["setChatPermissions", "not enough rights to change chat permissions"],
  ["pinChatMessage", "not enough rights to manage pinned messages in the chat"],
  ["exportChatInviteLink", "not enough rights to manage chat invite link"],
])("%s by an ordinary member is refused: %s", async (method, reason) => {
  await using world = await lead()
  const { ada, bob, bot, group } = world
  await ada.demote(group, bot)
  const params = { chat_id: group.id, user_id: bob.id, permissions: {}, title: "x", message_id: 1 }
  expect(await world.refusal(method, params)).toBe(`Bad Request: ${reason}`)
})

test("a chat gets another title, description and photo, and the bot is told of the visible ones", async () => {
  await using world = await lead()
  const { bot, group, telegram } = world
  const chat_id = group.id
  await world.result("setChatTitle", { chat_id, title: "New" })
  expect(await world.updates()).toMatchObject([{ message: { new_chat_title: "New" } }])
  await world.result("setChatDescription", { chat_id, description: "About" })
  const form = new FormData()
  form.set("chat_id", String(chat_id))
  form.set("photo", new Blob([new Uint8Array([1])]), "p.jpg")
  const url = `${telegram.apiRoot}/bot${bot.token}/setChatPhoto`
  expect(await (await fetch(url, { method: "POST", body: form })).json()).toMatchObject({
    ok: true,
  })
  expect(await world.result("getChat", { chat_id })).toMatchObject({
    title: "New",
    description: "About",
    photo: { big_file_id: expect.any(String) },
    permissions: { can_send_messages: true, can_pin_messages: false },
  })
  expect(await world.result("deleteChatPhoto", { chat_id })).toBe(true)
  expect(await world.types()).toEqual(["message", "message"])
  expect(await world.refusal("setChatTitle", { chat_id, title: "" })).toBe(
    "Bad Request: title must be non-empty",
  )
})

test("permissions apply to members, and to the bot when it is an ordinary member", async () => {
  await using world = await lead()
  const { ada, bob, bot, group } = world
  const permissions = { can_send_photos: true }
  await world.result("setChatPermissions", { chat_id: group.id, permissions: {} })
  await expect(bob.send(group, "x")).rejects.toThrow("may not send text messages")
  await world.result("setChatPermissions", {
    chat_id: group.id,
    permissions,
    use_independent_chat_permissions: true,
  })
  await ada.demote(group, bot)
  expect(await world.refusal("sendMessage", { chat_id: group.id, text: "x" })).toBe(
    "Bad Request: not enough rights to send text messages to the chat",
  )
})

test("people join through links, and send a join request if a link demands it", async () => {
  await using world = await lead()
  const { group, telegram } = world
  const chat_id = group.id
  const carl = telegram.user({ first_name: "Carl" })
  const dora = telegram.user({ first_name: "Dora" })
  const open = await world.result<ChatInviteLink>("createChatInviteLink", { chat_id, name: "L" })
  await carl.join(group, { invite_link: open.invite_link })
  expect((await world.updates())[0]?.chat_member?.invite_link).toEqual(open)
  const asks = { chat_id, creates_join_request: true }
  const { invite_link } = await world.result<ChatInviteLink>("createChatInviteLink", asks)
  await dora.join(group, { invite_link, bio: "Hi" })
  expect(await world.updates()).toMatchObject([
    { chat_join_request: { from: { id: dora.id }, bio: "Hi", invite_link: { invite_link } } },
  ])
  const target = { chat_id, user_id: dora.id }
  expect(await world.result("approveChatJoinRequest", target)).toBe(true)
  expect((await world.updates())[0]?.chat_member).toMatchObject({ via_join_request: true })
  await world.result("revokeChatInviteLink", { chat_id, invite_link })
  const late = telegram.user({ first_name: "Late" })
  await expect(late.join(group, { invite_link })).rejects.toThrow("is not valid")
  const declined = { chat_id, user_id: late.id }
  expect(await world.refusal("declineChatJoinRequest", declined)).toBe(
    "Bad Request: HIDE_REQUESTER_MISSING",
  )
})

test("a group becomes a supergroup: calls for the old group return the new id", async () => {
  await using world = await Meeting.start()
  const { ada, bob, bot, telegram } = world
  const group = telegram.group({ title: "G" }, ada, bob, bot)
  await world.updates()
  const next = await ada.upgrade(group)
  expect(await world.updates()).toMatchObject([
    { message: { chat: { id: group.id }, migrate_to_chat_id: next.id } },
    { message: { chat: { id: next.id, type: "supergroup" }, migrate_from_chat_id: group.id } },
  ])
  expect(await world.ask("sendMessage", { chat_id: group.id, text: "x" })).toEqual({
    ok: false,
    error_code: 400,
    description: "Bad Request: group chat was upgraded to a supergroup chat",
    parameters: { migrate_to_chat_id: next.id },
  })
  await world.result("sendMessage", { chat_id: next.id, text: "x" })
  expect((await bob.hears()).chat.id).toBe(next.id)
  await expect(ada.send(group, "x")).rejects.toThrow('"G" has become a supergroup')
  await expect(ada.upgrade(next)).rejects.toThrow('"G" is not a basic group')
  await expect(bob.upgrade(group)).rejects.toThrow("not an administrator")
})

test.each([
  ["leave", "Forbidden: bot is not a member of the supergroup chat"],
  ["ban", "Forbidden: bot was kicked from the supergroup chat"],
])("after %s every call fails: %s", async (way, description) => {
  await using world = await lead()
  const { ada, bot, group } = world
  if (way === "ban") await ada.ban(group, bot)
  else await world.result("leaveChat", { chat_id: group.id })
  expect(await world.ask("sendMessage", { chat_id: group.id, text: "x" })).toMatchObject({
    error_code: 403,
    description,
  })
  expect(await world.refusal("getChat", { chat_id: group.id })).toBe(description)
})

test("a chat that a bot has never been in is not found, unless it is public", async () => {
  await using world = await Meeting.start()
  const { ada, telegram } = world
  const secret = telegram.supergroup({ title: "S" }, ada)
  telegram.channel({ title: "P", username: "pub" }, ada)
  expect(await world.refusal("getChat", { chat_id: secret.id })).toBe("Bad Request: chat not found")
  expect(await world.result("getChat", { chat_id: "@PUB" })).toMatchObject({ title: "P" })
  expect(await world.ask("sendMessage", { chat_id: "@pub", text: "x" })).toMatchObject({
    error_code: 403,
    description: "Forbidden: bot is not a member of the channel chat",
  })
  const channel = telegram.channel({ title: "C" }, ada, world.bot)
  await ada.promote(channel, world.bot, ["can_change_info"])
  expect(await world.refusal("sendMessage", { chat_id: channel.id, text: "x" })).toBe(
    "Bad Request: need administrator rights in the channel chat",
  )
})

test("bots write neither to bots nor to people who have not written first", async () => {
  await using world = await lead()
  const other = world.telegram.bot({ username: "other_bot" })
  const send = (chat_id: number) => world.refusal("sendMessage", { chat_id, text: "x" })
  expect(await send(other.id)).toBe("Forbidden: bots can't send messages to bots")
  expect(await send(world.bob.id)).toBe("Forbidden: bot can't initiate conversation with a user")
})
