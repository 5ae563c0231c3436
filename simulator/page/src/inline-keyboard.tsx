import type { InlineKeyboardMarkup, Message } from "../../../src/telegram/types.js"
import { copyText } from "./copy-text.js"
import { store } from "./page-store.js"
import { act } from "./server.js"

type Button = InlineKeyboardMarkup["inline_keyboard"][number][number]

interface Props {
  readonly chat: string
  readonly message: Message
  readonly markup: InlineKeyboardMarkup
}

/** The buttons under a message. */
export function InlineKeyboard({ chat, message, markup }: Props) {
  return (
    <div class="inline-keyboard" role="group" aria-label="Buttons of the message">
      {markup.inline_keyboard.map((row, index) => (
        <div class="keyboard-row" key={index}>
          {row.map((button, at) => (
            <button type="button" key={at} onClick={() => press({ chat, message, button })}>
              <bdi>{button.text}</bdi>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}

function press(pressed: { chat: string; message: Message; button: Button }): void {
  const { chat, message, button } = pressed
  const { me } = store.state
  if ("callback_data" in button || "callback_game" in button) {
    const data = "callback_data" in button ? button.callback_data : button.text
    void act("press", { as: me, chat, message_id: message.message_id, data })
  } else if ("url" in button && /^https?:/i.test(button.url)) {
    window.open(button.url, "_blank", "noopener,noreferrer")
  } else if ("copy_text" in button) {
    void copyText(button.copy_text.text)
  } else {
    const kind = Object.keys(button).find((name) => name !== "text" && name !== "style")
    store.notice({ kind: "note", text: `The page does not play buttons with ${kind ?? "nothing"}` })
  }
}
