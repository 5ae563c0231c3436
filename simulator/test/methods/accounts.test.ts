import type { Gifts, OwnedGifts, StarAmount, StarTransactions, Story } from "@grammyjs/types"
import { expect, test } from "vitest"
import { accountRights } from "./account-calls.js"
import { methodStage, png, validCalls } from "./valid-calls.js"

async function start() {
  const stage = await methodStage()
  const { ada, bot, telegram } = stage
  const { id: business_connection_id } = await ada.connect(bot, accountRights)
  const account = (method: string, more: object = {}) =>
    stage.call(method, { business_connection_id, ...more })
  const chat = () => stage.call("getChat", { chat_id: ada.id })
  return { ...stage, account, chat, [Symbol.asyncDispose]: () => telegram[Symbol.asyncDispose]() }
}

test("a bot changes the name, username, bio and photos of a business account", async () => {
  await using stage = await start()
  const { account, ada, bot, telegram } = stage
  await account("setBusinessAccountName", { first_name: "Augusta", last_name: "King" })
  await account("setBusinessAccountUsername", { username: "countess" })
  await account("setBusinessAccountBio", { bio: "Writes programs" })
  expect(await stage.chat()).toMatchObject({
    ...{ first_name: "Augusta", last_name: "King", username: "countess", bio: "Writes programs" },
  })
  expect((await ada.send(bot, "Hello")).from).toMatchObject({ first_name: "Augusta" })
  telegram.user({ first_name: "Bob", username: "taken" })
  const taken = account("setBusinessAccountUsername", { username: "Taken" })
  await expect(taken).rejects.toThrow("USERNAME_OCCUPIED")
  const photo = { photo: { type: "static", photo: "attach://f" }, f: png }
  await account("setBusinessAccountProfilePhoto", photo)
  const photos = () => stage.call("getUserProfilePhotos", { user_id: ada.id })
  expect(await photos()).toMatchObject({ total_count: 1 })
  await account("removeBusinessAccountProfilePhoto")
  expect(await photos()).toMatchObject({ total_count: 0 })
})

test("without the right a bot changes nothing of a business account", async () => {
  await using stage = await start()
  await stage.ada.connect(stage.bot, { can_reply: true })
  for (const method of ["setBusinessAccountBio", "getBusinessAccountGifts", "deleteStory"]) {
    await expect(stage.account(method)).rejects.toThrow("BUSINESS_CONNECTION_NOT_ALLOWED")
  }
})

test("a gift costs the bot its price, and belongs to the person", async () => {
  await using stage = await start()
  const { account, ada } = stage
  const { gifts } = (await stage.call("getAvailableGifts", {})) as Gifts
  const { id: gift_id, star_count = 0 } = gifts[3] ?? {}
  const text = { text: "For *you*", text_parse_mode: "MarkdownV2" }
  await stage.call("sendGift", { user_id: ada.id, gift_id, ...text })
  expect(((await stage.call("getMyStarBalance", {})) as StarAmount).amount).toBe(
    10_000 - star_count,
  )
  const { transactions } = (await stage.call("getStarTransactions", {})) as StarTransactions
  expect(transactions[0]).toMatchObject({ amount: star_count, receiver: { gift: { id: gift_id } } })
  const owned = (await stage.call("getUserGifts", { user_id: ada.id })) as OwnedGifts
  expect(owned).toMatchObject({ total_count: 1, gifts: [{ text: "For you", type: "regular" }] })
  expect(await account("getBusinessAccountGifts", { exclude_saved: true })).toMatchObject({
    total_count: 0,
  })
  await account("convertGiftToStars", { owned_gift_id: owned.gifts[0]?.owned_gift_id })
  expect([ada.gifts, ada.stars]).toEqual([[], 85])
  expect(await account("getBusinessAccountStarBalance")).toEqual({ amount: 85 })
  await account("transferBusinessAccountStars", { star_count: 80 })
  expect(ada.stars).toBe(5)
  const more = account("transferBusinessAccountStars", { star_count: 80 })
  await expect(more).rejects.toThrow("BALANCE_TOO_LOW")
})

test("a gift is upgraded, and transferred to another person", async () => {
  await using stage = await start()
  const { ada } = stage
  const call = await validCalls["transferGift"]!(stage)
  expect(ada.gifts).toMatchObject([{ type: "unique", can_be_transferred: true }])
  await stage.call("transferGift", call)
  expect(ada.gifts).toEqual([])
  const other = { user_id: call["new_owner_chat_id"] }
  expect(await stage.call("getUserGifts", other)).toMatchObject({ gifts: [{ type: "unique" }] })
})

test("a gift to a channel is the channel's; one that the bot cannot pay is not sent", async () => {
  await using stage = await start()
  const { ada, bot, telegram } = stage
  const channel = telegram.channel({ title: "News" }, ada, bot)
  const { gifts } = (await stage.call("getAvailableGifts", {})) as Gifts
  const gift_id = gifts[0]?.id
  await stage.call("sendGift", { chat_id: channel.id, gift_id })
  expect(await stage.call("getChatGifts", { chat_id: channel.id })).toMatchObject({
    total_count: 1,
  })
  for (let sent = 0; sent < 3; sent++) {
    const premium = { user_id: ada.id, month_count: 12, star_count: 2500 }
    await stage.call("giftPremiumSubscription", premium)
  }
  const poor = stage.call("giftPremiumSubscription", {
    ...{ user_id: ada.id, month_count: 12, star_count: 2500 },
  })
  await expect(poor).rejects.toThrow("BALANCE_TOO_LOW")
  expect((await ada.send(bot, "Thanks")).from?.is_premium).toBe(true)
})

test("an account that refuses gifts gets none", async () => {
  await using stage = await start()
  const settings = { show_gift_button: true, accepted_gift_types: { unlimited_gifts: false } }
  await stage.account("setBusinessAccountGiftSettings", settings)
  const { gifts } = (await stage.call("getAvailableGifts", {})) as Gifts
  const sent = stage.call("sendGift", { user_id: stage.ada.id, gift_id: gifts[0]?.id })
  await expect(sent).rejects.toThrow("Forbidden: USER_DISALLOWED_STARGIFTS")
})

test("stories are posted, repeated, edited and deleted", async () => {
  await using stage = await start()
  const { account, ada } = stage
  const post = { content: { type: "photo", photo: "attach://f" }, f: png, active_period: 21_600 }
  const { id } = (await account("postStory", { ...post, caption: "Tea" })) as Story
  expect(ada.stories).toMatchObject([{ id, content: { caption: "Tea" } }])
  const repeated = { from_chat_id: ada.id, from_story_id: id, active_period: 86_400 }
  await account("repostStory", { ...repeated, post_to_chat_page: true })
  expect(ada.stories).toMatchObject([{ repostOf: { storyId: id }, isOnProfile: true }, { id }])
  await account("editStory", { ...post, story_id: id, caption: "Cake" })
  expect(ada.stories.at(-1)).toMatchObject({ content: { caption: "Cake" } })
  await account("deleteStory", { story_id: id })
  expect(ada.stories).toHaveLength(1)
  const wrong = account("postStory", { ...post, active_period: 60 })
  await expect(wrong).rejects.toThrow("STORY_PERIOD_INVALID")
})

test("a bot changes its photo and its settings", async () => {
  await using stage = await start()
  const { ada, bot } = stage
  const photos = () => stage.call("getUserProfilePhotos", { user_id: bot.id })
  await stage.call("setMyProfilePhoto", { photo: { type: "static", photo: "attach://f" }, f: png })
  expect(await photos()).toMatchObject({ total_count: 1 })
  await stage.call("removeMyProfilePhoto", {})
  expect(await photos()).toMatchObject({ total_count: 0 })
  await stage.call("setMySettings", {
    ...{ supports_inline_queries: true, needs_inline_query_location: true },
    ...{ inline_query_placeholder: "Tea?", callback_query_mode: "inline" },
  })
  expect(await stage.call("getMe", {})).toMatchObject({ inline_query_placeholder: "Tea?" })
  await ada.type("@stage_bot tea")
  const inline = (await stage.call("getUpdates", { offset: -1 })) as { inline_query?: object }[]
  expect(inline[0]?.inline_query).toMatchObject({ location: { latitude: expect.any(Number) } })
  const reply_markup = { inline_keyboard: [[{ text: "A", callback_data: "a" }]] }
  await stage.call("sendMessage", { chat_id: ada.id, text: "Press", reply_markup })
  await ada.press(await ada.hears(), "A")
  const presses = (await stage.call("getUpdates", { offset: -1 })) as {
    callback_query?: { inline_message_id?: string }
  }[]
  const inline_message_id = presses[0]?.callback_query?.inline_message_id
  await stage.call("editMessageText", { inline_message_id, text: "Pressed" })
  expect((await ada.seesEdit()).text).toBe("Pressed")
  const auto = stage.call("setMySettings", { callback_query_mode: "auto" })
  await expect(auto).rejects.toThrow("the simulator does not support the value auto")
})

test("the bot of an organization verifies people and chats, other bots do not", async () => {
  await using stage = await start()
  const { ada, bot, telegram } = stage
  const group = telegram.supergroup({ title: "Club" }, ada, bot)
  await stage.call("verifyUser", { user_id: ada.id, custom_description: "A cook" })
  await stage.call("verifyChat", { chat_id: group.id })
  expect(ada.verification).toEqual({ botId: bot.id, description: "A cook" })
  expect(group.verification).toEqual({ botId: bot.id, description: "" })
  await stage.call("removeUserVerification", { user_id: ada.id })
  await stage.call("removeChatVerification", { chat_id: group.id })
  expect([ada.verification, group.verification]).toEqual([undefined, undefined])
  const other = telegram.bot()
  const url = `${telegram.apiRoot}/bot${other.token}/verifyUser?user_id=${ada.id}`
  expect(await (await fetch(url)).json()).toMatchObject({
    description: "Forbidden: BOT_VERIFIER_FORBIDDEN",
  })
})

test("the emoji next to a name is changed with the person's permission only", async () => {
  await using stage = await start()
  const { ada, bot } = stage
  const status = { user_id: ada.id, emoji_status_custom_emoji_id: "5312536423851630001" }
  const refused = stage.call("setUserEmojiStatus", status)
  await expect(refused).rejects.toThrow("USER_PERMISSION_DENIED")
  ada.setPremium()
  ada.allowEmojiStatus(bot)
  await stage.call("setUserEmojiStatus", status)
  expect(await stage.chat()).toMatchObject({ emoji_status_custom_emoji_id: "5312536423851630001" })
  await stage.call("setUserEmojiStatus", { user_id: ada.id })
  expect(await stage.chat()).not.toHaveProperty("emoji_status_custom_emoji_id")
})
