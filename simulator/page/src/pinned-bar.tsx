import type { Message } from "../../../src/telegram/types.js"
import { Icon } from "./icon.js"
import { summary } from "./message-kind.js"
import { store } from "./page-store.js"

/** The pinned message at the top of a chat; a press scrolls to the message. */
export function PinnedBar({ chat, message }: { chat: string; message: Message }) {
  return (
    <button
      type="button"
      class="pinned-bar"
      onClick={() => void store.show(chat, message.message_id)}
    >
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
