import { useLayoutEffect, useRef, useState } from "preact/hooks"
import type { PageChat } from "../../src/simulator/page/protocol.js"
import type { Message } from "../../src/telegram/types.js"
import { IconButton } from "./icon-button.js"
import { MessageRow } from "./message-row.js"
import { store, usePage } from "./page-store.js"
import { dayOf } from "./times.js"

const togetherS = 300
const nearPx = 120

interface Props {
  readonly chat: PageChat
  readonly onReply: (message: Message) => void
  readonly onEdit: (message: Message) => void
  readonly onCommand: (command: string) => void
}

/** The messages of the open chat, the newest at the bottom; older ones come when one scrolls up. */
export function MessageList({ chat, ...handlers }: Props) {
  const me = usePage((state) => state.me)
  const loaded = usePage((state) => state.loaded.get(chat.key))
  const messages = loaded?.messages ?? []
  const scroller = useRef<HTMLDivElement>(null)
  const [isAtEnd, setAtEnd] = useState(true)
  useKeptPlace(scroller, messages, isAtEnd)

  const scrolled = () => {
    const element = scroller.current
    if (element === null) return
    setAtEnd(element.scrollHeight - element.scrollTop - element.clientHeight < nearPx)
    if (element.scrollTop < nearPx && loaded?.more) void store.loadOlder(chat.key)
  }
  const toEnd = () => scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  return (
    <div class="message-list-frame">
      <div
        class="message-list"
        ref={scroller}
        onScroll={scrolled}
        role="log"
        aria-label="Messages"
        aria-busy={loaded === undefined}
        tabIndex={0}
      >
        {loaded && messages.length === 0 ? <p class="pill">No messages here yet</p> : null}
        <ol class="messages">
          {messages.map((message, index) => (
            <MessageRow
              key={message.message_id}
              chat={chat.key}
              message={message}
              mark={loaded?.marks[message.message_id]}
              me={me}
              isOwn={message.from?.id === me}
              {...aroundOf(messages, index, chat.chat.type !== "private")}
              {...handlers}
            />
          ))}
        </ol>
      </div>
      {isAtEnd ? null : (
        <div class="to-end">
          <IconButton icon="down" label="To the newest message" onClick={toEnd} />
        </div>
      )}
    </div>
  )
}

// At the end it follows what comes; elsewhere what one reads stays where it is.
function useKeptPlace(
  scroller: { readonly current: HTMLDivElement | null },
  messages: readonly Message[],
  isAtEnd: boolean,
): void {
  const before = useRef({ first: 0, height: 0 })
  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const first = messages[0]?.message_id ?? 0
    const hasOlder = before.current.first !== 0 && first < before.current.first
    if (hasOlder) element.scrollTop += element.scrollHeight - before.current.height
    else if (isAtEnd) element.scrollTop = element.scrollHeight
    before.current = { first, height: element.scrollHeight }
  }, [messages, isAtEnd])
}

function aroundOf(messages: readonly Message[], index: number, isGroup: boolean) {
  const message = messages[index]
  const previous = messages[index - 1]
  const next = messages[index + 1]
  const isFirst = !areTogether(previous, message)
  return {
    showsDay: previous === undefined || dayOf(previous.date) !== dayOf(message?.date ?? 0),
    showsName: isGroup && isFirst,
    hasTail: !areTogether(message, next),
  }
}

function areTogether(a: Message | undefined, b: Message | undefined): boolean {
  if (a === undefined || b === undefined) return false
  const isSame = a.from?.id === b.from?.id && a.sender_chat?.id === b.sender_chat?.id
  return isSame && b.date - a.date < togetherS
}
