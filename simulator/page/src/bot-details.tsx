import { useState } from "preact/hooks"
import { chatAsTest } from "./chat-as-test.js"
import { copyText } from "./copy-text.js"
import type { PageBot, PageChat } from "../../src/page/protocol.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

/** The token of a bot, and the settings that its program needs to use this simulator. */
export function BotDetails({
  bot,
  chat,
  onClose,
}: {
  readonly bot: PageBot
  /** The open chat; missing in the dialog of a new bot. */
  readonly chat?: PageChat
  readonly onClose: () => void
}) {
  const apiRoot = usePage((state) => state.apiRoot)
  const isBlocked = usePage((state) => state.people.get(state.me ?? 0)?.blocked.includes(bot.id))
  const block = () => void act("block", { as: store.state.me, bot: bot.id })
  return (
    <div class="form">
      <p>
        <bdi>{bot.first_name}</bdi>, @{bot.username}
      </p>
      <Copyable label="Token" text={bot.token} />
      <Copyable label="API root, instead of https://api.telegram.org" text={apiRoot} />
      <Copyable
        label="Start command with Sounder"
        text={`TELEGRAM_API_ROOT=${apiRoot} BOT_TOKEN=${bot.token} node bot.js`}
      />
      <div class="form-buttons">
        {chat?.chat.type === "private" ? (
          <button type="button" onClick={() => void copyText(chatAsTest(chat, store.state))}>
            Copy the chat as a test
          </button>
        ) : null}
        <button type="button" onClick={block}>
          {isBlocked ? "Unblock the bot" : "Block the bot"}
        </button>
        <button type="button" class="primary" onClick={onClose}>
          Done
        </button>
      </div>
    </div>
  )
}

function Copyable({ label, text }: { readonly label: string; readonly text: string }) {
  const [isCopied, setCopied] = useState(false)
  const copy = async () => {
    setCopied(await copyText(text))
  }
  return (
    <div class="field">
      <label>
        <span>{label}</span>
        <input readOnly value={text} onFocus={({ currentTarget }) => currentTarget.select()} />
      </label>
      <button type="button" onClick={() => void copy()}>
        {isCopied ? "Copied" : "Copy"} <span class="hidden">{label}</span>
      </button>
    </div>
  )
}
