import type { Message } from "../../../src/telegram/types.js"
import { ChatChooser, isWritable } from "./chat-chooser.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

interface Props {
  readonly chat: string
  readonly messages: readonly Message[]
  readonly onClose: () => void
}

/** The chats that messages can be forwarded to; a press forwards them and opens the chat. */
export function ForwardDialog({ chat, messages, onClose }: Props) {
  const me = usePage((state) => state.me)
  const forward = async (to: string) => {
    const message_ids = messages.map(({ message_id }) => message_id)
    if (!(await act("forward", { as: me, chat, message_ids, to }))) return
    onClose()
    store.open(to)
  }
  return (
    <ChatChooser
      title="Forward to"
      isOffered={(each) => isWritable(each, me)}
      onChoose={(key) => void forward(key)}
      onClose={onClose}
    />
  )
}
