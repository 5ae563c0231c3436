import type {
  Gift,
  Gifts,
  MessageEntity,
  OwnedGiftRegular,
  TransactionPartner,
  User,
} from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { availableGifts } from "../../world/gift-catalogue.js"
import { userOfBot } from "../../world/identity.js"
import type { Person } from "../../world/person.js"
import { formatted } from "../../world/formatted-text.js"
import { knownChat } from "../chat-argument.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods that send gifts. */
export const giftMethods: MethodTable = { getAvailableGifts, sendGift, giftPremiumSubscription }

const maxText = 128
/** The share of its price that a gift is worth to its owner, in percent. */
const convertPercent = 85

/** The price in Stars of a Premium subscription, by its months. */
const premiumPrices = new Map([
  [3, 1000],
  [6, 1500],
  [12, 2500],
])

function getAvailableGifts({ world }: Call): Gifts {
  return { gifts: availableGifts(world) }
}

function sendGift(call: Call): true {
  const { args, world } = call
  const gift = availableGifts(world).find(({ id }) => id === args.text("gift_id"))
  if (gift === undefined) throw CallError.badRequest("STARGIFT_INVALID")
  const isUpgraded = args.flag("pay_for_upgrade")
  if (isUpgraded && gift.upgrade_star_count === undefined) {
    throw CallError.badRequest("STARGIFT_UPGRADE_UNAVAILABLE")
  }
  const upgrade = isUpgraded ? (gift.upgrade_star_count ?? 0) : 0
  const price = gift.star_count + upgrade
  const owned = ownedGift(call, gift, upgrade)
  const isForChannel = args.text("chat_id") !== "" && args.text("user_id") === ""
  if (isForChannel) sendToChannel(call, owned, price)
  else sendToPerson(call, owned, price)
  return true
}

function sendToPerson(call: Call, owned: OwnedGiftRegular, price: number): void {
  const person = receiver(call)
  if (!person.profile.acceptedGifts.unlimited_gifts) throw giftsRefused()
  const { gift } = owned
  const partner = { type: "user" as const, transaction_type: "gift_purchase" as const }
  spend(call, price, { ...partner, user: person.user, gift })
  person.profile.gifts = [owned, ...person.profile.gifts]
  const { owned_gift_id: _, send_date: __, sender_user: ___, type: ____, ...info } = owned
  const { bot, world } = call
  world.writeAs(bot, world.openPrivateChat(bot, person), { gift: info })
}

function sendToChannel(call: Call, owned: OwnedGiftRegular, price: number): void {
  const where = knownChat(call)
  const { chat } = where
  if (chat.type !== "channel") throw CallError.badRequest("CHANNEL_INVALID")
  spend(call, price, { type: "chat", chat, gift: owned.gift })
  where.extras.gifts = [owned, ...where.extras.gifts]
}

function giftPremiumSubscription(call: Call): true {
  const { args } = call
  const person = receiver(call)
  const months = args.integer("month_count", 0, 0, 100)
  const price = args.integer("star_count", 0, 0, 2 ** 31 - 1)
  if (premiumPrices.get(months) !== price) throw CallError.badRequest("PREMIUM_GIFT_INVALID")
  if (!person.profile.acceptedGifts.premium_subscription) {
    throw giftsRefused()
  }
  giftText(call)
  const partner = { type: "user" as const, transaction_type: "premium_purchase" as const }
  spend(call, price, { ...partner, user: person.user, premium_subscription_duration: months })
  person.user = { ...person.user, is_premium: true }
  return true
}

function giftsRefused(): CallError {
  return new CallError(403, "Forbidden: USER_DISALLOWED_STARGIFTS")
}

function ownedGift(call: Call, gift: Gift, prepaid: number): OwnedGiftRegular {
  const { bot, world } = call
  return {
    type: "regular",
    gift,
    owned_gift_id: world.newId(),
    sender_user: userOfBot(bot.me),
    send_date: world.now,
    ...giftText(call),
    is_saved: true,
    ...(gift.upgrade_star_count !== undefined && { can_be_upgraded: true }),
    ...(prepaid === 0
      ? { convert_star_count: Math.floor((gift.star_count * convertPercent) / 100) }
      : { prepaid_upgrade_star_count: prepaid }),
  }
}

function giftText({ args }: Call): { text?: string; entities?: MessageEntity[] } {
  const mode = args.text("text_parse_mode")
  const explicit: unknown = mode === "" ? args.json("text_entities") : undefined
  const { text, entities } = formatted(args.text("text"), mode, explicit)
  if ([...text].length > maxText) throw CallError.badRequest("STARGIFT_MESSAGE_TOO_LONG")
  return {
    ...(text !== "" && { text }),
    ...(entities.length > 0 && { entities: [...entities] }),
  }
}

function receiver(call: Call): Person {
  const user: User = userArgument(call)
  const person = call.world.people.get(user.id)
  if (person === undefined) throw CallError.badRequest("USER_ID_INVALID")
  return person
}

/** Takes Stars from the bot. Throws if it does not have them. */
function spend({ bot, world }: Call, amount: number, to: TransactionPartner): void {
  const book = world.stars.of(bot.me.id)
  if (book.balance < amount) throw CallError.badRequest("BALANCE_TOO_LOW")
  book.record({ id: `gift_${world.newId()}`, amount, date: world.now, receiver: to })
}
