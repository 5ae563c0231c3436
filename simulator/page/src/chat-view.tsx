import { useEffect, useRef, useState } from "preact/hooks"
import type { PageChat, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { BotDetails } from "./bot-details.js"
import { Composer, type Intent } from "./composer.js"
import { FilesDialog } from "./files-dialog.js"
import { ForwardDialog } from "./forward-dialog.js"
import { IconButton } from "./icon-button.js"
import { MessageList } from "./message-list.js"
import { MessageMenu, type OpenMenu } from "./message-menu.js"
import { Modal } from "./modal.js"
import { chatColour, chatName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { NoReceiver } from "./no-receiver.js"
import { PinnedBar } from "./pinned-bar.js"
import { SearchBar } from "./search-bar.js"
import { act } from "./server.js"
import { TopicBar, useOpenTopic } from "./topics.js"

/** The view of the open chat. */
export function ChatView() {
  const chat = usePage((state) => state.chats.get(state.openChat ?? ""))
  if (chat === undefined) {
    return (
      <section class="chat empty" aria-label="Chat">
        <p class="pill">Select a chat to start messaging</p>
      </section>
    )
  }
  return <OpenChat key={chat.key} chat={chat} />
}

/** Files in the dialog before they are sent. */
interface Chosen {
  readonly files: readonly File[]
  readonly asFiles: boolean
}

function OpenChat({ chat }: { readonly chat: PageChat }) {
  const [intent, setIntent] = useState<Intent>()
  const [chosen, choose] = useState<Chosen>()
  const [menu, openMenu] = useState<OpenMenu>()
  const [forwarded, forward] = useState<readonly Message[]>()
  const [isSearching, setSearching] = useState(false)
  useSearchKey(() => setSearching(true))
  const me = usePage((state) => state.me)
  const open = useOpenTopic(chat)
  const isAdministrator = chat.administrators.includes(me ?? 0)
  const topic = open && { topic: open.id }
  const send = (text: string) => void act("send", { as: me, chat: chat.key, text, ...topic })
  const refusal = isAdministrator ? undefined : refusalOf(chat, open)
  const dropped = (event: DragEvent) => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length > 0 && refusal === undefined) choose({ files, asFiles: false })
  }
  const reply = (message: Message) => setIntent({ kind: "reply", message })
  return (
    <section class="chat" aria-label="Chat" onDrop={dropped}>
      <ChatHeader chat={chat} onSearch={() => setSearching(!isSearching)} />
      {isSearching ? <SearchBar chat={chat.key} onClose={() => setSearching(false)} /> : null}
      {chat.pinned ? <PinnedBar chat={chat.key} message={chat.pinned} /> : null}
      {chat.topics.length > 0 ? (
        <TopicBar chat={chat} open={open} isAdministrator={isAdministrator} />
      ) : null}
      <MessageList
        key={open?.id}
        chat={chat}
        topic={open}
        onReply={reply}
        onMenu={(messages, at) => openMenu({ messages, at })}
        onCommand={send}
      />
      <NoReceiver chat={chat} />
      {chat.count === 0 && chat.chat.type === "private" && chat.title === undefined ? (
        <button type="button" class="start" onClick={() => send("/start")}>
          Start
        </button>
      ) : refusal === undefined ? (
        <Composer
          key={open?.id}
          chat={chat}
          topic={open}
          intent={intent}
          onIntent={setIntent}
          onFiles={(files, asFiles) => choose({ files, asFiles })}
        />
      ) : (
        <p class="refusal">{refusal}</p>
      )}
      {menu ? (
        <MessageMenu
          key={`${menu.at.x} ${menu.at.y}`}
          chat={chat}
          menu={menu}
          onClose={() => openMenu(undefined)}
          onReply={reply}
          onEdit={(message) => setIntent({ kind: "edit", message })}
          onForward={forward}
        />
      ) : null}
      {forwarded ? (
        <ForwardDialog chat={chat.key} messages={forwarded} onClose={() => forward(undefined)} />
      ) : null}
      {chosen ? (
        <FilesDialog
          place={{ chat: chat.key, ...topic }}
          {...chosen}
          onClose={() => choose(undefined)}
        />
      ) : null}
    </section>
  )
}

// The text in place of the composer, for a person who may not write.
function refusalOf({ chat, topics }: PageChat, open: PageTopic | undefined): string | undefined {
  if (chat.type === "channel") return "Only administrators can write in this channel"
  const topic = open ?? topics[0]
  return topic?.isClosed === true ? `The topic “${topic.name}” is closed` : undefined
}

/** Calls a function at Ctrl+F; a second Ctrl+F in the field is left to the browser. */
function useSearchKey(onSearch: () => void): void {
  const latest = useRef(onSearch)
  latest.current = onSearch
  useEffect(() => {
    const pressed = (event: KeyboardEvent) => {
      const isFind = (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "f"
      const isInField = event.target instanceof HTMLElement && event.target.closest("search")
      if (!isFind || isInField) return
      event.preventDefault()
      latest.current()
    }
    addEventListener("keydown", pressed)
    return () => removeEventListener("keydown", pressed)
  }, [])
}

function ChatHeader({ chat, onSearch }: { chat: PageChat; onSearch: () => void }) {
  const bots = usePage((state) => state.bots)
  const [isAsked, ask] = useState(false)
  const bot = bots.get(chat.bots[0] ?? 0)
  const name = chatName(chat, { bots })
  return (
    <header class="bar chat-header">
      <span class="only-narrow">
        <IconButton icon="back" label="Back to the chats" onClick={() => store.open(undefined)} />
      </span>
      <Avatar id={chatColour(chat)} name={name} isForum={chat.topics.length > 0} />
      <div class="chat-title">
        <h2>
          <bdi>{name}</bdi>
        </h2>
        <Subtitle chat={chat} />
      </div>
      <IconButton icon="search" label="Search this chat" onClick={onSearch} />
      {chat.chat.type === "private" ? null : (
        <IconButton icon="leave" label="Leave the chat" onClick={() => void leave(chat.key)} />
      )}
      {bot && <IconButton icon="info" label="About the bot" onClick={() => ask(true)} />}
      {bot && isAsked ? (
        <Modal title="About the bot" onClose={() => ask(false)}>
          <BotDetails bot={bot} chat={chat} onClose={() => ask(false)} />
        </Modal>
      ) : null}
    </header>
  )
}

async function leave(chat: string): Promise<void> {
  if (await act("leaveChat", { as: store.state.me, chat })) store.open(undefined)
}

function Subtitle({ chat }: { readonly chat: PageChat }) {
  const action = usePage((state) => state.actions.get(chat.key))
  const [, expire] = useState(0)
  useEffect(() => {
    if (action === undefined) return undefined
    const timer = setTimeout(() => expire(Date.now()), action.until - Date.now())
    return () => clearTimeout(timer)
  }, [action])
  const isShown = action !== undefined && action.until > Date.now()
  const members = chat.people.length + chat.bots.length
  const ofTwo = chat.title === undefined ? "bot" : "business account"
  const resting = chat.chat.type === "private" ? ofTwo : `${members} members`
  return (
    <p class={isShown ? "doing" : "dim"} role="status">
      {isShown ? `${action.action.replaceAll("_", " ")}…` : resting}
    </p>
  )
}
