import { useState } from "preact/hooks"
import type { PageChat } from "../../src/page/protocol.js"
import { Avatar } from "./avatar.js"
import { Modal } from "./modal.js"
import { chatColour, chatName } from "./names.js"
import { usePage } from "./page-store.js"

interface Props {
  readonly title: string
  /** Tells if a chat can be chosen. */
  readonly isOffered: (chat: PageChat) => boolean
  readonly onChoose: (key: string) => void
  readonly onClose: () => void
}

/** A dialog with chats, of which a press chooses one. */
export function ChatChooser({ title, isOffered, onChoose, onClose }: Props) {
  const [filter, setFilter] = useState("")
  const chats = usePage((state) => state.chats)
  const bots = usePage((state) => state.bots)
  const shown = [...chats.values()].filter(
    (each) =>
      isOffered(each) &&
      chatName(each, { bots }).toLowerCase().includes(filter.trim().toLowerCase()),
  )
  return (
    <Modal title={title} onClose={onClose}>
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
              <button type="button" onClick={() => onChoose(each.key)}>
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

/** Returns whether a person can write to a chat. */
export function isWritable(chat: PageChat, me = 0): boolean {
  const { people, isBegun, administrators, last } = chat
  if (!people.includes(me) || isBegun === false || last?.migrate_to_chat_id) return false
  return chat.chat.type !== "channel" || administrators.includes(me)
}
