import type { OwnedGift, OwnedGifts, UniqueGift } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Person } from "../../world/person.js"
import { accountWith } from "../business/connection.js"
import { knownChat } from "../chat-argument.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the gifts that people, channels and business accounts own. */
export const ownedGiftMethods: MethodTable = {
  getUserGifts,
  getChatGifts: (call) => listed(call, knownChat(call).extras.gifts),
  getBusinessAccountGifts,
  convertGiftToStars,
  upgradeGift,
  transferGift,
}

const kinds = [
  "saved",
  "unsaved",
  "unlimited",
  "limited_upgradable",
  "limited_non_upgradable",
  "from_blockchain",
  "unique",
] as const
type Kind = (typeof kinds)[number]

function getUserGifts(call: Call): OwnedGifts {
  const { id } = userArgument(call)
  return listed(call, call.world.people.get(id)?.profile.gifts ?? [])
}

function getBusinessAccountGifts(call: Call): OwnedGifts {
  return listed(call, accountWith(call, "can_view_gifts_and_stars").person.profile.gifts)
}

function listed({ args }: Call, all: readonly OwnedGift[]): OwnedGifts {
  const excluded = new Set(kinds.filter((kind) => args.flag(`exclude_${kind}`)))
  const gifts = all.filter((gift) => kindsOf(gift).every((kind) => !excluded.has(kind)))
  if (args.flag("sort_by_price")) gifts.sort((a, b) => priceOf(b) - priceOf(a))
  const offset = Number(args.text("offset") || 0)
  if (!Number.isInteger(offset) || offset < 0) throw CallError.badRequest("OFFSET_INVALID")
  const limit = args.integer("limit", 100, 1, 100)
  const next = offset + limit
  return {
    total_count: gifts.length,
    gifts: gifts.slice(offset, next),
    ...(next < gifts.length && { next_offset: String(next) }),
  }
}

// Gifts of the simulator are never limited, and not on a blockchain.
function kindsOf(gift: OwnedGift): Kind[] {
  const saved = gift.is_saved === true ? "saved" : "unsaved"
  return [saved, gift.type === "regular" ? "unlimited" : "unique"]
}

function priceOf(owned: OwnedGift): number {
  return owned.type === "regular" ? owned.gift.star_count : Number.MAX_SAFE_INTEGER
}

function convertGiftToStars(call: Call): true {
  const { person } = accountWith(call, "can_convert_gifts_to_stars")
  const gift = owned(call, person)
  if (gift.type !== "regular" || gift.convert_star_count === undefined) {
    throw CallError.badRequest("STARGIFT_CONVERT_UNAVAILABLE")
  }
  replace(person, gift, [])
  person.profile.stars += gift.convert_star_count
  return true
}

function upgradeGift(call: Call): true {
  const { person } = accountWith(call, "can_transfer_and_upgrade_gifts")
  const gift = owned(call, person)
  if (gift.type !== "regular" || gift.can_be_upgraded !== true) {
    throw CallError.badRequest("STARGIFT_UPGRADE_UNAVAILABLE")
  }
  const isPrepaid = gift.prepaid_upgrade_star_count !== undefined
  const given = call.args.integer("star_count", 0, 0, 2 ** 31 - 1)
  const price = isPrepaid ? 0 : (gift.gift.upgrade_star_count ?? 0)
  if (given !== price) throw CallError.badRequest("STARS_AMOUNT_INVALID")
  pay(person, price)
  const { owned_gift_id, send_date, sender_user } = gift
  const keepsSender = call.args.flag("keep_original_details") && sender_user !== undefined
  const unique: OwnedGift = {
    ...{ type: "unique", gift: uniqueGift(call, gift.gift), send_date, is_saved: true },
    ...(owned_gift_id !== undefined && { owned_gift_id }),
    ...(keepsSender && { sender_user }),
    ...{ can_be_transferred: true, transfer_star_count: transferPrice },
  }
  replace(person, gift, [unique])
  return true
}

const transferPrice = 25

function transferGift(call: Call): true {
  const { person } = accountWith(call, "can_transfer_and_upgrade_gifts")
  const gift = owned(call, person)
  if (gift.type !== "unique") throw CallError.badRequest("STARGIFT_TRANSFER_UNAVAILABLE")
  const id = call.args.integer(
    "new_owner_chat_id",
    0,
    Number.MIN_SAFE_INTEGER,
    Number.MAX_SAFE_INTEGER,
  )
  const receiver = call.world.people.get(id)?.profile ?? call.world.group(id)?.extras
  if (receiver === undefined) throw CallError.badRequest("chat not found")
  const given = call.args.integer("star_count", 0, 0, 2 ** 31 - 1)
  if (given !== (gift.transfer_star_count ?? 0)) throw CallError.badRequest("STARS_AMOUNT_INVALID")
  pay(person, given)
  replace(person, gift, [])
  receiver.gifts = [gift, ...receiver.gifts]
  return true
}

function owned({ args }: Call, { profile }: Person): OwnedGift {
  const id = args.text("owned_gift_id")
  const gift = profile.gifts.find(({ owned_gift_id }) => owned_gift_id === id)
  if (gift === undefined) throw CallError.badRequest("STARGIFT_NOT_FOUND")
  return gift
}

function replace({ profile }: Person, gift: OwnedGift, by: readonly OwnedGift[]): void {
  profile.gifts = profile.gifts.flatMap((each) => (each === gift ? by : [each]))
}

function pay({ profile }: Person, price: number): void {
  if (profile.stars < price) throw CallError.badRequest("BALANCE_TOO_LOW")
  profile.stars -= price
}

function uniqueGift(
  { world }: Call,
  { id, sticker }: { id: string; sticker: UniqueGift["model"]["sticker"] },
): UniqueGift {
  const number = world.environment.random.integer(1, 9999)
  const rarity = { rarity_per_mille: 10 }
  return {
    gift_id: id,
    base_name: "Simulated Gift",
    name: `SimulatedGift-${number}`,
    number,
    model: { name: "Plain", sticker, ...rarity },
    symbol: { name: "Star", sticker, ...rarity },
    backdrop: {
      name: "Sky",
      colors: {
        center_color: 0x8ec5fc,
        edge_color: 0x4a90d9,
        symbol_color: 0x1c4e80,
        text_color: 0xffffff,
      },
      ...rarity,
    },
  }
}
