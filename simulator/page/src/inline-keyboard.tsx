import type { InlineKeyboardMarkup, Message } from "../../../src/telegram/types.js"
import { useState } from "preact/hooks"
import { ChatChooser, isWritable } from "./chat-chooser.js"
import { copyText } from "./copy-text.js"
import { openApp } from "./open-app.js"
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
  // The text of an inline query for which the person chooses a chat.
  const [query, setQuery] = useState<string>()
  const me = usePage((state) => state.me)
  const begin = (key: string, text: string) => {
    setQuery(undefined)
    store.type({ chat: key, text })
    if (key !== chat) store.open(key)
  }
  const press = (button: Button) => {
    const asked = queryOf(message, button)
    if (asked === undefined) return void pressButton({ chat, message, button })
    return asked.isHere ? begin(chat, asked.text) : setQuery(asked.text)
  }
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
            <button type="button" key={at} aria-busy={isBusy(button)} onClick={() => press(button)}>
              <bdi>{button.text}</bdi>
            </button>
          ))}
        </div>
      ))}
      {query === undefined ? null : (
        <ChatChooser
          title="Send to"
          isOffered={(each) => isWritable(each, me)}
          onChoose={(key) => begin(key, query)}
          onClose={() => setQuery(undefined)}
        />
      )}
    </div>
  )
}

/** Returns the text of the inline query that a button begins; `undefined` for any other button. */
function queryOf(message: Message, button: Button): { text: string; isHere: boolean } | undefined {
  const bot = message.via_bot ?? message.sender_business_bot ?? message.from
  const text = (query: string) => `@${bot?.username ?? ""} ${query}`
  if ("switch_inline_query_current_chat" in button) {
    return { text: text(button.switch_inline_query_current_chat), isHere: true }
  }
  if ("switch_inline_query" in button) {
    return { text: text(button.switch_inline_query), isHere: false }
  }
  if ("switch_inline_query_chosen_chat" in button) {
    return { text: text(button.switch_inline_query_chosen_chat.query ?? ""), isHere: false }
  }
  return undefined
}

function dataOf(button: Button): string | undefined {
  if ("callback_data" in button) return button.callback_data
  return "callback_game" in button ? button.text : undefined
}

async function pressButton(pressed: {
  chat: string
  message: Message
  button: Button
}): Promise<void> {
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
  } else if ("web_app" in button) {
    await openApp({ as: me, chat, message_id: messageId, text: button.text })
  } else {
    const kind = Object.keys(button).find((name) => name !== "text" && name !== "style")
    store.notice({
      kind: "note",
      text: `The page does not support buttons with ${kind ?? "nothing"}`,
    })
  }
}
