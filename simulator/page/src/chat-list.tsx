import { useLayoutEffect, useMemo, useRef, useState } from "preact/hooks"
import type { PageBot, PageChat } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { serviceText, summary } from "./message-kind.js"
import { chatColour, chatName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"
import { timeOf } from "./times.js"

const rowPx = 68
const overscanRows = 8

type Entry =
  | { readonly kind: "chat"; readonly key: string; readonly chat: PageChat }
  | { readonly kind: "join"; readonly key: string; readonly chat: PageChat }
  | { readonly kind: "bot"; readonly key: string; readonly bot: PageBot }

/** The chats of the acting person, the latest first; then the bots without a chat, and the chats to join. */
export function ChatList() {
  const entries = useEntries()
  const scroller = useRef<HTMLDivElement>(null)
  const [range, setRange] = useState({ from: 0, to: 30 })
  const look = () => {
    const { scrollTop = 0, clientHeight = 800 } = scroller.current ?? {}
    const from = Math.max(0, Math.floor(scrollTop / rowPx) - overscanRows)
    const to = Math.ceil((scrollTop + clientHeight) / rowPx) + overscanRows
    if (from !== range.from || to !== range.to) setRange({ from, to })
  }
  useLayoutEffect(look, [entries.length])
  const shown = entries.slice(range.from, range.to)
  return (
    <nav class="chat-list" aria-label="Chats" ref={scroller} onScroll={look} tabIndex={-1}>
      <ul style={{ height: entries.length * rowPx }}>
        {shown.map((entry, index) => (
          <li
            key={entry.key}
            style={{ transform: `translateY(${(range.from + index) * rowPx}px)` }}
            aria-setsize={entries.length}
            aria-posinset={range.from + index + 1}
          >
            {entry.kind === "chat" ? <ChatRow chat={entry.chat} /> : null}
            {entry.kind === "join" ? <JoinRow chat={entry.chat} /> : null}
            {entry.kind === "bot" ? <NewChatRow bot={entry.bot} /> : null}
          </li>
        ))}
      </ul>
    </nav>
  )
}

function useEntries(): readonly Entry[] {
  const chats = usePage((state) => state.chats)
  const bots = usePage((state) => state.bots)
  const me = usePage((state) => state.me)
  return useMemo(() => {
    // An upgraded group is hidden, because its supergroup replaces it.
    const current = [...chats.values()].filter(({ last }) => !last?.migrate_to_chat_id)
    const mine = current.filter(
      ({ people, isBegun }) => people.includes(me ?? 0) && isBegun !== false,
    )
    mine.sort((a, b) => (b.last?.date ?? 0) - (a.last?.date ?? 0))
    const privateChats = mine.filter(({ chat }) => chat.type === "private")
    const met = new Set(privateChats.flatMap(({ bots }) => bots))
    return [
      ...mine.map((chat): Entry => ({ kind: "chat", key: chat.key, chat })),
      ...[...bots.values()]
        .filter(({ id }) => !met.has(id))
        .map((bot): Entry => ({ kind: "bot", key: `bot ${bot.id}`, bot })),
      ...current
        .filter(({ chat, people }) => chat.type !== "private" && !people.includes(me ?? 0))
        .map((chat): Entry => ({ kind: "join", key: `join ${chat.key}`, chat })),
    ]
  }, [chats, bots, me])
}

function ChatRow({ chat }: { readonly chat: PageChat }) {
  const bots = usePage((state) => state.bots)
  const isOpen = usePage((state) => state.openChat === chat.key)
  const unread = usePage((state) => state.unread.get(chat.key) ?? 0)
  const isTyping = usePage((state) => state.actions.has(chat.key))
  const name = chatName(chat, { bots })
  const { last } = chat
  const open = isOpen ? ({ "aria-current": "true" } as const) : {}
  return (
    <button type="button" class="chat-row" {...open} onClick={() => store.open(chat.key)}>
      <Avatar id={chatColour(chat)} name={name} isForum={chat.topics.length > 0} />
      <span class="chat-row-text">
        <span class="chat-row-line">
          <bdi class="chat-row-name">{name}</bdi>
          {last ? <time class="dim">{timeOf(last.date)}</time> : null}
        </span>
        <span class="chat-row-line">
          <span class="chat-row-last dim" dir="auto">
            {isTyping ? "typing…" : last ? <LastMessage chat={chat} last={last} /> : "No messages"}
          </span>
          {unread > 0 ? (
            <span class="badge" aria-label={`${unread} unread`}>
              {unread}
            </span>
          ) : null}
        </span>
      </span>
    </button>
  )
}

function LastMessage({ chat, last }: { readonly chat: PageChat; readonly last: Message }) {
  const { me } = store.state
  const isSaid = chat.chat.type.endsWith("group") && serviceText(last) === undefined
  const who = last.from?.id === me ? "You" : (last.from?.first_name ?? "Somebody")
  return (
    <>
      {isSaid ? <bdi class="chat-row-who">{who}: </bdi> : null}
      {summary(last).slice(0, 100)}
    </>
  )
}

function NewChatRow({ bot }: { readonly bot: PageBot }) {
  return (
    <button type="button" class="chat-row" onClick={() => store.meet(bot)}>
      <Avatar id={bot.id} name={bot.first_name} />
      <span class="chat-row-text">
        <bdi class="chat-row-name">{bot.first_name}</bdi>
        <span class="dim">@{bot.username}: press to begin</span>
      </span>
    </button>
  )
}

function JoinRow({ chat }: { readonly chat: PageChat }) {
  const { title = "Group", type } = chat.chat
  return (
    <button type="button" class="chat-row" onClick={() => void join(chat.key)}>
      <Avatar id={chatColour(chat)} name={title} isForum={chat.topics.length > 0} />
      <span class="chat-row-text">
        <bdi class="chat-row-name">{title}</bdi>
        <span class="dim">{type}: press to join</span>
      </span>
    </button>
  )
}

async function join(chat: string): Promise<void> {
  if (await act("joinChat", { as: store.state.me, chat })) store.open(chat)
}
