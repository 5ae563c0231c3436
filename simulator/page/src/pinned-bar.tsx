import type { Message } from "../../../src/telegram/types.js"
import { Icon } from "./icon.js"
import { summary } from "./message-kind.js"

/** The message that is held at the top of a chat; a press goes to it. */
export function PinnedBar({ message }: { readonly message: Message }) {
  const show = () => {
    const row = document.querySelector(`#message-${message.message_id}`)
    row?.scrollIntoView({ block: "center" })
  }
  return (
    <button type="button" class="pinned-bar" onClick={show}>
      <span class="quote">
        <span class="quote-name">Pinned message</span>
        <span class="quote-text" dir="auto">
          {summary(message).slice(0, 200)}
        </span>
      </span>
      <Icon name="pin" />
    </button>
  )
}
