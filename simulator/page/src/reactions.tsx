import { useRef } from "preact/hooks"
import type { PageMark } from "../../src/page/protocol.js"
import { Icon } from "./icon.js"
import { act } from "./server.js"

const offered = ["👍", "👎", "❤", "🔥", "🎉", "😁", "😢", "🤔"]

interface Props {
  readonly chat: string
  readonly messageId: number
  readonly me: number | undefined
  readonly mark: PageMark | undefined
}

/** The reactions under a message; a press gives the same one, or takes one's own back. */
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

/** The emoji that can be given to a message. */
export function ReactionMenu(message: Omit<Props, "mark">) {
  const details = useRef<HTMLDetailsElement>(null)
  const close = () => {
    if (details.current !== null) details.current.open = false
  }
  return (
    <details
      class="reaction-menu"
      ref={details}
      onKeyDown={({ key }) => void (key === "Escape" && close())}
    >
      <summary class="icon-button" aria-label="React" title="React">
        <Icon name="smile" />
      </summary>
      <div class="reaction-choice" role="group" aria-label="Emoji">
        {offered.map((emoji) => (
          <button
            type="button"
            key={emoji}
            onClick={() => {
              react(message, emoji)
              close()
            }}
          >
            {emoji}
          </button>
        ))}
      </div>
    </details>
  )
}

function react({ chat, messageId, me }: Omit<Props, "mark">, emoji: string): void {
  void act("react", { as: me, chat, message_id: messageId, emoji })
}
