import type { BusinessBotRights, Gifts } from "@grammyjs/types"
import { png, type MethodStage, type Parameters } from "./method-stage.js"

/** A result of inline mode. */
export const article = {
  ...{ type: "article", id: "1", title: "Tea" },
  input_message_content: { message_text: "Tea" },
}
/** An `InputChecklist`. */
export const checklist = { title: "Tea", tasks: [{ id: 1, text: "Boil water" }] }

/** Returns the terms of a link to a channel. */
export async function subscriptionLink({ ada, bot, telegram }: MethodStage): Promise<Parameters> {
  const channel = telegram.channel({ title: "News" }, ada, bot)
  return { chat_id: channel.id, subscription_period: 2_592_000, subscription_price: 5 }
}

/** Every right of a bot in a business account. */
export const accountRights: BusinessBotRights = {
  ...{ can_reply: true, can_edit_name: true, can_edit_bio: true, can_edit_profile_photo: true },
  ...{ can_edit_username: true, can_change_gift_settings: true, can_view_gifts_and_stars: true },
  ...{ can_convert_gifts_to_stars: true, can_transfer_and_upgrade_gifts: true },
  ...{ can_transfer_stars: true, can_manage_stories: true, can_read_messages: true },
}

/** Returns a call for the business account of Ada. */
export function managing(more: Parameters): (stage: MethodStage) => Promise<Parameters> {
  return async ({ ada, bot }) => {
    const { id } = await ada.connect(bot, accountRights)
    return { business_connection_id: id, ...more }
  }
}

/** Returns the id of an available gift. */
export async function giftId(stage: MethodStage, at: number): Promise<string | undefined> {
  const { gifts } = (await stage.call("getAvailableGifts", {})) as Gifts
  return gifts[at]?.id
}

/** Lets the bot give Ada a gift, which it may then manage. */
export async function gifted(
  stage: MethodStage,
  at: number,
  more: Parameters = {},
): Promise<Parameters> {
  const gift_id = await giftId(stage, at)
  await stage.call("sendGift", { user_id: stage.ada.id, gift_id, ...more })
  return managing({ owned_gift_id: stage.ada.gifts[0]?.owned_gift_id })(stage)
}

/** Returns a call that posts a story of Ada. */
export function storyOf(stage: MethodStage): Promise<Parameters> {
  const content = { type: "photo", photo: "attach://f" }
  return managing({ active_period: 86_400, content, f: png })(stage)
}

/** Returns a call for the chat in which Bob has written to the business account of Ada. */
export async function inShop(stage: MethodStage): Promise<Parameters> {
  const { business_connection_id } = await managing({})(stage)
  const bob = stage.telegram.user({ first_name: "Bob" })
  await bob.send(stage.ada, "Hello")
  return { business_connection_id, chat_id: bob.id }
}

/** Ada connects the bot to her account, and Bob writes to her. */
export async function inOffice({ ada, bot, telegram }: MethodStage) {
  const rights = { can_read_messages: true, can_delete_all_messages: true } as const
  const { id } = await ada.connect(bot, rights)
  const bob = telegram.user({ first_name: "Bob" })
  const { message_id } = await bob.send(ada, "Hello")
  return { business_connection_id: id, chat_id: bob.id, message_id }
}

/** Calls for a bot that Ada has created with the bot. */
export const managedBotCalls = {
  getManagedBotToken: managed,
  replaceManagedBotToken: managed,
  getManagedBotAccessSettings: managed,
  setManagedBotAccessSettings: async (stage: MethodStage): Promise<Parameters> => ({
    ...(await managed(stage)),
    is_access_restricted: true,
  }),
}

async function managed({ ada, bot }: MethodStage): Promise<Parameters> {
  const { id } = await ada.createBot(bot, { first_name: "Tea", username: "tea_bot" })
  return { user_id: id }
}
