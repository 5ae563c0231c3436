import type { Gift, Sticker } from "@grammyjs/types"
import type { World } from "./world.js"

// The emoji, the price, and the price of the upgrade; 0 for a gift that cannot be upgraded.
const offers = [
  ["🧸", 15, 0],
  ["🌹", 25, 0],
  ["🎂", 50, 0],
  ["💎", 100, 0],
  ["🎩", 200, 25],
] as const

const setName = "Gifts"

/** Returns the gifts that bots can send. Telegram offers others at any time. */
export function availableGifts(world: World): Gift[] {
  const stickers = world.stickers.find(setName)?.stickers ?? newStickers(world)
  return offers.map(([, star_count, upgrade], at) => ({
    id: String(5_170_145_012_310_081_615n + BigInt(at)),
    // The set has a sticker for each offer.
    sticker: stickers[at]?.sticker as Sticker,
    star_count,
    ...(upgrade > 0 && { upgrade_star_count: upgrade }),
  }))
}

function newStickers(world: World) {
  const stickers = offers.map(([emoji]) => {
    const bytes = Buffer.from(emoji)
    const type = "application/x-tgsticker"
    const file = world.files.add("stickers", { name: "gift.tgs", type, bytes })
    const sticker: Sticker = {
      ...{ type: "regular", width: 512, height: 512, emoji, is_animated: true, is_video: false },
      ...{ file_id: file.id, file_unique_id: file.uniqueId, file_size: bytes.length },
    }
    return { sticker, emoji: [emoji], keywords: [] }
  })
  const owner = { botId: 0, userId: 0 }
  world.stickers.keep({ name: setName, title: "Gifts", type: "regular", ...owner, stickers })
  return stickers
}
