import type { ComponentChildren } from "preact"
import { useState } from "preact/hooks"
import type { PageChat, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { FormDialog } from "./form-dialog.js"
import { IconButton } from "./icon-button.js"
import { store, usePage } from "./page-store.js"
import { act } from "./server.js"

const generalId = 1

/** Returns the id of a message's topic. */
export function topicOf(message: Message): number {
  const { is_topic_message: isInTopic, message_thread_id: id } = message
  return isInTopic === true && id !== undefined ? id : generalId
}

/** Returns the open topic of a chat; `undefined` if all topics are shown. */
export function useOpenTopic(chat: PageChat): PageTopic | undefined {
  const open = usePage((state) => state.openTopic)
  return chat.topics.find(({ id }) => id === open)
}

interface Props {
  readonly chat: PageChat
  readonly open: PageTopic | undefined
  /** Whether the acting person is an administrator. */
  readonly isAdministrator: boolean
}

/** The topics of a forum, above its messages; the chosen one filters the messages and is written in. */
export function TopicBar({ chat, open, isAdministrator }: Props) {
  const [isMaking, make] = useState(false)
  const shown = chat.topics.filter(({ isHidden }) => isAdministrator || !isHidden)
  return (
    <nav class="topic-bar" aria-label="Topics">
      <ul>
        <TopicTab isOpen={open === undefined} onOpen={() => store.openTopic(undefined)}>
          All
        </TopicTab>
        {shown.map((topic) => (
          <TopicTab
            key={topic.id}
            isOpen={topic.id === open?.id}
            onOpen={() => store.openTopic(topic.id)}
          >
            <TopicIcon topic={topic} />
            <bdi>{topic.name}</bdi>
            {topic.isClosed ? <span class="hidden"> (closed)</span> : null}
          </TopicTab>
        ))}
      </ul>
      {isAdministrator && open ? <CloseButton chat={chat.key} topic={open} /> : null}
      {isAdministrator ? (
        <IconButton icon="plus" label="New topic" onClick={() => make(true)} />
      ) : null}
      {isMaking ? <TopicDialog chat={chat.key} onClose={() => make(false)} /> : null}
    </nav>
  )
}

/** The coloured icon of a topic; a lock for a closed one. */
export function TopicIcon({ topic }: { readonly topic: PageTopic }) {
  const { id, iconColor, isClosed, name } = topic
  const colour = `#${iconColor.toString(16).padStart(6, "0")}`
  const letter = id === generalId ? "#" : ([...name][0] ?? "").toUpperCase()
  return (
    <svg class="topic-icon" viewBox="0 0 20 20" width="18" height="18" aria-hidden="true">
      <path
        d="M10 1.500a8 7.600 0 0 1 0 15.200q-1 0-2-.3l-3.600 2.100.4-3.700A7.600 7.600 0 0 1 10 1.500"
        fill={colour}
      />
      <text x="10" y="12.800" text-anchor="middle">
        {isClosed ? "✕" : letter}
      </text>
    </svg>
  )
}

interface TabProps {
  readonly isOpen: boolean
  readonly onOpen: () => void
  readonly children: ComponentChildren
}

function TopicTab({ isOpen, onOpen, children }: TabProps) {
  const current = isOpen ? ({ "aria-current": "true" } as const) : {}
  return (
    <li>
      <button type="button" class="topic-tab" {...current} onClick={onOpen}>
        {children}
      </button>
    </li>
  )
}

function CloseButton({ chat, topic }: { readonly chat: string; readonly topic: PageTopic }) {
  const { id, isClosed } = topic
  const change = () =>
    void act(isClosed ? "reopenTopic" : "closeTopic", { as: store.state.me, chat, topic: id })
  return (
    <button type="button" class="topic-close" onClick={change}>
      {isClosed ? "Reopen" : "Close"}
      <span class="hidden"> the topic</span>
    </button>
  )
}

function TopicDialog({ chat, onClose }: { readonly chat: string; readonly onClose: () => void }) {
  const create = async (data: FormData) => {
    const asked = { as: store.state.me, chat, name: data.get("name") }
    const made = await act<{ id: number }>("createTopic", asked)
    if (made !== undefined) store.openTopic(made.id)
    return made !== undefined
  }
  return (
    <FormDialog title="New topic" action="Create" onSubmit={create} onClose={onClose}>
      <label class="field">
        <span>Name</span>
        <input name="name" required autocomplete="off" maxLength={128} />
      </label>
    </FormDialog>
  )
}
