import { useState } from "preact/hooks"
import type { PageChat } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { Modal } from "./modal.js"
import { chatColour, chatName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  readonly messages: readonly Message[]
  readonly onClose: () => void
}

/** The chats that messages can be forwarded to; a press forwards them and opens the chat. */
export function ForwardDialog({ chat, messages, onClose }: Props) {
  const [filter, setFilter] = useState("")
  const chats = usePage((state) => state.chats)
  const bots = usePage((state) => state.bots)
  const me = usePage((state) => state.me)
  const shown = [...chats.values()].filter(
    (each) =>
      isWritable(each, me) &&
      chatName(each, { bots }).toLowerCase().includes(filter.trim().toLowerCase()),
  )
  const forward = async (to: string) => {
    const message_ids = messages.map(({ message_id }) => message_id)
    if (!(await act("forward", { as: me, chat, message_ids, to }))) return
    onClose()
    store.open(to)
  }
  return (
    <Modal title="Forward to" onClose={onClose}>
      <div class="form">
        <label class="field">
          <span>Chat</span>
          <input
            type="search"
            value={filter}
            onInput={({ currentTarget }) => setFilter(currentTarget.value)}
          />
        </label>
        <ul class="forward-list" aria-label="Chats">
          {shown.map((each) => (
            <li key={each.key}>
              <button type="button" onClick={() => void forward(each.key)}>
                <Avatar id={chatColour(each)} name={chatName(each, { bots })} />
                <bdi>{chatName(each, { bots })}</bdi>
              </button>
            </li>
          ))}
        </ul>
        {shown.length === 0 ? <p class="dim">No chat has this name</p> : null}
        <div class="form-buttons">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
        </div>
      </div>
    </Modal>
  )
}

function isWritable(chat: PageChat, me = 0): boolean {
  const { people, isBegun, administrators, last } = chat
  if (!people.includes(me) || isBegun === false || last?.migrate_to_chat_id) return false
  return chat.chat.type !== "channel" || administrators.includes(me)
}
