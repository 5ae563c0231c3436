import type { InlineKeyboardMarkup, Message } from "../../../src/telegram/types.js"
import { copyText } from "./copy-text.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

type Button = InlineKeyboardMarkup["inline_keyboard"][number][number]

interface Props {
  readonly chat: string
  readonly message: Message
  readonly markup: InlineKeyboardMarkup
}

/** The buttons below a message; a pressed button is busy until the bot has answered. */
export function InlineKeyboard({ chat, message, markup }: Props) {
  const presses = usePage((state) => state.presses)
  const isBusy = (button: Button) =>
    [...presses.values()].some(
      (open) =>
        open.chat === chat && open.messageId === message.message_id && open.data === dataOf(button),
    )
  return (
    <div class="inline-keyboard" role="group" aria-label="Buttons of the message">
      {markup.inline_keyboard.map((row, index) => (
        <div class="keyboard-row" key={index}>
          {row.map((button, at) => (
            <button
              type="button"
              key={at}
              aria-busy={isBusy(button)}
              onClick={() => void press({ chat, message, button })}
            >
              <bdi>{button.text}</bdi>
            </button>
          ))}
        </div>
      ))}
    </div>
  )
}

function dataOf(button: Button): string | undefined {
  if ("callback_data" in button) return button.callback_data
  return "callback_game" in button ? button.text : undefined
}

async function press(pressed: { chat: string; message: Message; button: Button }): Promise<void> {
  const { chat, message, button } = pressed
  const { me } = store.state
  const [data, messageId] = [dataOf(button), message.message_id]
  if (data !== undefined) {
    const made = await act<{ id: string }>("press", { as: me, chat, message_id: messageId, data })
    if (made) store.pressed(made.id, { chat, messageId, data })
  } else if ("url" in button && /^https?:/i.test(button.url)) {
    window.open(button.url, "_blank", "noopener,noreferrer")
  } else if ("copy_text" in button) {
    void copyText(button.copy_text.text)
  } else {
    const kind = Object.keys(button).find((name) => name !== "text" && name !== "style")
    store.notice({
      kind: "note",
      text: `The page does not support buttons with ${kind ?? "nothing"}`,
    })
  }
}
