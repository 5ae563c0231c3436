import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks"
import type { PageChat, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { AlbumRow } from "./album-row.js"
import { BotDrafts } from "./bot-drafts.js"
import { IconButton } from "./icon-button.js"
import type { Point } from "./long-press.js"
import { MessageRow } from "./message-row.js"
import type { LoadedMessages } from "./page-state.js"
import { store, usePage } from "./page-store.js"
import { isSeenBy } from "./seen-by.js"
import { dayOf } from "./times.js"
import { topicOf } from "./topics.js"

/** The maximum time between two messages that are shown as a group, in seconds. */
const togetherS = 300
/** The distance from an end of the list that counts as being there, in pixels. */
const nearPx = 120
/** The number of messages of a topic below which older ones are loaded. */
const minTopicMessages = 30

interface Props {
  readonly chat: PageChat
  /** The topic whose messages are shown. Default: all topics. */
  readonly topic: PageTopic | undefined
  readonly onReply: (message: Message) => void
  readonly onMenu: (messages: readonly Message[], at: Point) => void
  readonly onCommand: (command: string) => void
}

/** The messages of the open chat, the newest at the bottom. Scrolling up loads older ones. */
export function MessageList({ chat, topic, ...handlers }: Props) {
  const me = usePage((state) => state.me)
  const loaded = usePage((state) => state.loaded.get(chat.key))
  const messages = useMemo(() => messagesOf(loaded, topic, me), [loaded, topic?.id, me])
  useEffect(() => {
    const isShort = topic !== undefined && messages.length < minTopicMessages
    if (isShort && loaded?.more === true) void store.loadOlder(chat.key)
  }, [messages])
  const scroller = useRef<HTMLDivElement>(null)
  const list = useRef<HTMLOListElement>(null)
  const lastTop = useRef(0)
  const [isAtEnd, setAtEnd] = useState(true)
  useKeptPlace(scroller, messages, isAtEnd)
  useKeptEnd(scroller, list, isAtEnd)
  useShown(chat.key, () => setAtEnd(false))

  const scrolled = () => {
    const element = scroller.current
    if (element === null) return
    const isNear = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx
    // Only scrolling up leaves the end; content that grows below the viewport does not.
    const isUp = element.scrollTop < lastTop.current
    lastTop.current = element.scrollTop
    setAtEnd(isNear || (isAtEnd && !isUp))
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
        <ol class="messages" ref={list}>
          {messages.map((message, index) => {
            const album = albumAt(messages, index)
            if (album === "shown") return null
            const props = {
              ...{ chat: chat.key, message, me, mark: loaded?.marks[message.message_id] },
              isOwn: message.from?.id === me && message.sender_chat === undefined,
              isGroup: chat.chat.type === "group" || chat.chat.type === "supergroup",
              ...aroundOf(messages, index, chat.chat.type !== "private"),
              topic: topic ? undefined : topicAt(chat, messages, index),
              ...handlers,
            }
            const key = message.message_id
            if (album) return <AlbumRow key={key} album={album} {...props} />
            return <MessageRow key={key} {...props} />
          })}
          <BotDrafts chat={chat.key} topic={topic?.id} />
        </ol>
      </div>
      {isAtEnd ? null : (
        <div class="to-end">
          <IconButton icon="down" label="Go to the newest message" onClick={toEnd} />
        </div>
      )}
    </div>
  )
}

/** Returns the album that a message begins; `"shown"` for a later message of an album, which the row of the first one shows. */
function albumAt(
  messages: readonly Message[],
  index: number,
): readonly Message[] | "shown" | undefined {
  const id = messages[index]?.media_group_id
  if (id === undefined) return undefined
  if (messages[index - 1]?.media_group_id === id) return "shown"
  const end = messages.findIndex((message, at) => at > index && message.media_group_id !== id)
  const album = messages.slice(index, end < 0 ? undefined : end)
  return album.length > 1 ? album : undefined
}

function messagesOf(
  loaded: LoadedMessages | undefined,
  topic: PageTopic | undefined,
  me: number | undefined,
): readonly Message[] {
  const messages = (loaded?.messages ?? []).filter((each) => isSeenBy(me, each))
  return topic === undefined ? messages : messages.filter((each) => topicOf(each) === topic.id)
}

// Returns the topic of a message if the previous message has another one.
function topicAt(
  { topics }: PageChat,
  messages: readonly Message[],
  index: number,
): PageTopic | undefined {
  const [message, previous] = [messages[index], messages[index - 1]]
  if (message === undefined || topics.length === 0) return undefined
  const id = topicOf(message)
  const isSame = previous !== undefined && topicOf(previous) === id
  return isSame ? undefined : topics.find((topic) => topic.id === id)
}

// At the end, the list follows new messages; elsewhere the visible messages stay in place.
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

// Rows get their final height when they are rendered, pictures when they are loaded.
function useKeptEnd(
  scroller: { readonly current: HTMLDivElement | null },
  list: { readonly current: HTMLOListElement | null },
  isAtEnd: boolean,
): void {
  const follows = useRef(isAtEnd)
  follows.current = isAtEnd
  useEffect(() => {
    const [frame, content] = [scroller.current, list.current]
    if (frame === null || content === null) return undefined
    const observer = new ResizeObserver(() => {
      if (follows.current) frame.scrollTop = frame.scrollHeight
    })
    observer.observe(content)
    observer.observe(frame)
    return () => observer.disconnect()
  }, [])
}

const shownMs = 1500

/** Scrolls to the message of the state's `shown`, and highlights it for a moment. */
function useShown(chat: string, leaveEnd: () => void): void {
  const shown = usePage((state) => state.shown)
  useLayoutEffect(() => {
    if (shown?.chat !== chat) return undefined
    const id = shown.messageId
    const row = document.querySelector(`#message-${id}, #message-${id}-file`)
    if (row === null) return undefined
    leaveEnd()
    const scroll = () => row.scrollIntoView({ block: "center" })
    scroll()
    // The surrounding rows have their final height after the next frame.
    requestAnimationFrame(() => requestAnimationFrame(scroll))
    row.classList.add("shown")
    const timer = setTimeout(() => row.classList.remove("shown"), shownMs)
    return () => {
      clearTimeout(timer)
      row.classList.remove("shown")
    }
  }, [shown])
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
  if (topicOf(a) !== topicOf(b)) return false
  return isSame && b.date - a.date < togetherS
}
