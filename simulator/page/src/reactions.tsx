import type { PageMark } from "../../src/page/protocol.js"
import { act } from "./server.js"

/** The emoji that the menu of a message offers. */
export const offeredEmoji = ["👍", "👎", "❤", "🔥", "🎉", "😁", "😢", "🤔"]

interface Props {
  readonly chat: string
  readonly messageId: number
  readonly me: number | undefined
  readonly mark: PageMark | undefined
}

/** The reactions below a message; a press on one adds the person's own, or removes it. */
export function Reactions({ chat, messageId, me, mark }: Props) {
  const given = Object.values(mark?.reactions ?? {}).flat()
  const own = mark?.reactions[me ?? 0] ?? []
  if (given.length === 0) return null
  return (
    <div class="reactions" role="group" aria-label="Reactions">
      {[...new Set(given)].map((emoji) => {
        const isOwn = own.includes(emoji)
        const count = given.filter((each) => each === emoji).length
        return (
          <button
            type="button"
            key={emoji}
            aria-pressed={isOwn}
            onClick={() => react({ chat, messageId, me }, isOwn ? "" : emoji)}
          >
            <bdi>{/^\d+$/.test(emoji) ? "✨" : emoji}</bdi> {count}
          </button>
        )
      })}
    </div>
  )
}

/** Sets the person's reaction to a message; an empty text removes it. */
export function react({ chat, messageId, me }: Omit<Props, "mark">, emoji: string): void {
  void act("react", { as: me, chat, message_id: messageId, emoji })
}
