import type { ReactionCount, ReactionType } from "@grammyjs/types"

/** The reactions to one message, by the id of the person or bot. */
export type Reactions = Map<number, readonly ReactionType[]>

/** Returns the count of each reaction, the most frequent first. */
export function countReactions(reactions: Reactions): ReactionCount[] {
  const counts = new Map<string, ReactionCount>()
  for (const type of [...reactions.values()].flat()) {
    const key = JSON.stringify(type)
    const total_count = (counts.get(key)?.total_count ?? 0) + 1
    counts.set(key, { type, total_count })
  }
  return [...counts.values()].toSorted((a, b) => b.total_count - a.total_count)
}

// The emoji that Telegram lists for ReactionTypeEmoji.
const emoji = new Set(
  (
    "❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴 😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓 👻 " +
    "👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄 😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡"
  ).split(" "),
)

/** Parses one reaction; returns `undefined` for an invalid one. */
export function readReaction(value: unknown): ReactionType | undefined {
  if (typeof value !== "object" || value === null || !("type" in value)) return undefined
  if (value.type === "emoji" && "emoji" in value) {
    const plain = String(value.emoji).replaceAll("\uFE0F", "")
    // The emoji is in the list that the type names.
    return emoji.has(plain) ? ({ type: "emoji", emoji: plain } as ReactionType) : undefined
  }
  if (value.type !== "custom_emoji" || !("custom_emoji_id" in value)) return undefined
  return { type: "custom_emoji", custom_emoji_id: String(value.custom_emoji_id) }
}
