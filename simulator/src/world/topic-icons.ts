import type { Sticker } from "@grammyjs/types"
import type { World } from "./world.js"

const emoji = ["📰", "💡", "⚡", "🎙", "🔝", "🗣", "🆒", "❗", "📝", "📆", "📁", "🔎"]
const name = "Topics"

/** Returns the custom emoji for icons of topics: a set that Telegram itself provides. */
export function topicIcons(world: World): Sticker[] {
  const iconSet = world.stickers.find(name) ?? newSet(world)
  return iconSet.stickers.map(({ sticker }) => sticker)
}

function newSet(world: World) {
  const stickers = emoji.map((each, at) => {
    const file = world.files.add("stickers", {
      name: "icon.tgs",
      type: "application/x-tgsticker",
      bytes: Buffer.from(each),
    })
    const sticker: Sticker = {
      width: 512,
      height: 512,
      emoji: each,
      set_name: name,
      is_animated: true,
      is_video: false,
      type: "custom_emoji",
      custom_emoji_id: String(5_312_536_423_851_630_001n + BigInt(at)),
      file_id: file.id,
      file_unique_id: file.uniqueId,
      file_size: file.bytes.length,
    }
    return { sticker, emoji: [each], keywords: [] }
  })
  const set = {
    name,
    title: "Topics",
    type: "custom_emoji" as const,
    botId: 0,
    userId: 0,
    stickers,
  }
  world.stickers.keep(set)
  return set
}
