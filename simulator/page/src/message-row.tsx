import { Component } from "preact"
import { useRef } from "preact/hooks"
import type { PageMark, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { IconButton } from "./icon-button.js"
import { InlineKeyboard } from "./inline-keyboard.js"
import { useLongPress, type Point } from "./long-press.js"
import { MessageContent } from "./message-content.js"
import { MessageMeta } from "./message-meta.js"
import { serviceText, summary } from "./message-kind.js"
import { fullName, senderName } from "./names.js"
import { isEphemeral } from "./seen-by.js"
import { store } from "./page-store.js"
import { PollView } from "./poll-view.js"
import { Reactions } from "./reactions.js"
import { dayOf, timeOf } from "./times.js"
import { TopicIcon } from "./topics.js"

/** A message, with the parts of its row that depend on its neighbours. */
export interface MessageRowProps {
  readonly chat: string
  readonly message: Message
  /** The reactions, the votes in the poll, and the receipt. */
  readonly mark: PageMark | undefined
  readonly me: number | undefined
  readonly isOwn: boolean
  /** Whether the chat is a group or a supergroup. */
  readonly isGroup: boolean
  /** Whether the day is shown above: for the first message of a day. */
  readonly showsDay: boolean
  /** Whether the sender's name is shown: in a group, for the first of several messages. */
  readonly showsName: boolean
  /** The topic to show above; `undefined` if the previous message has the same topic. */
  readonly topic: PageTopic | undefined
  /** Whether the bubble has a tail: for the last of several messages. */
  readonly hasTail: boolean
  readonly onReply: (message: Message) => void
  readonly onMenu: (messages: readonly Message[], at: Point) => void
  readonly onCommand: (command: string) => void
}

/** A message, rendered again only when one of its properties has changed. */
export class MessageRow extends Component<MessageRowProps> {
  override shouldComponentUpdate(next: MessageRowProps): boolean {
    const names = Object.keys(next) as (keyof MessageRowProps)[]
    return names.some((name) => next[name] !== this.props[name])
  }

  override render() {
    const { message, showsDay, topic } = this.props
    const service = serviceText(message)
    return (
      <li class="message-row" id={`message-${message.message_id}`}>
        {showsDay ? <div class="pill">{dayOf(message.date)}</div> : null}
        {topic ? <TopicName topic={topic} /> : null}
        {service === undefined ? <Bubble {...this.props} /> : <div class="pill">{service}</div>}
      </li>
    )
  }
}

function TopicName({ topic }: { readonly topic: PageTopic }) {
  return (
    <button type="button" class="pill topic-name" onClick={() => store.openTopic(topic.id)}>
      <TopicIcon topic={topic} /> <bdi>{topic.name}</bdi>
    </button>
  )
}

function Bubble(props: MessageRowProps) {
  const { chat, message, me, mark, isOwn, isGroup, hasTail, onCommand, onMenu } = props
  const { reply_markup: markup } = message
  // Telegram has no forwarding, pinning, reactions and editing by people for ephemeral messages.
  const canAct = !isEphemeral(message)
  const open = (at: Point) => canAct && onMenu([message], at)
  const handlers = useLongPress(open)
  const isBare = message.sticker !== undefined
  const hasPicture = message.photo !== undefined || message.video !== undefined
  const classes = [
    "bubble",
    isOwn ? "own" : "other",
    hasTail && !isBare ? "tail" : "",
    isBare ? "bare" : "",
    hasPicture ? "has-picture" : "",
    message.edit_date === undefined ? "" : "edited",
  ]
  return (
    <article
      {...handlers}
      onContextMenu={(event) => canAct && openAtPointer(event, open)}
      class={`message ${isOwn ? "own" : ""} ${isGroup && !isOwn ? "with-avatar" : ""}`}
      aria-label={labelOf(message, isOwn)}
    >
      {isGroup && !isOwn && hasTail ? (
        <Avatar id={senderOf(message)?.id ?? 0} name={senderName(message)} />
      ) : null}
      <div class="message-body">
        <div class={classes.join(" ")}>
          <Heading {...props} />
          {message.poll ? (
            <PollView chat={chat} message={message} me={me} mark={mark} />
          ) : (
            <MessageContent message={message} chat={chat} onCommand={onCommand} />
          )}
          <MessageMeta message={message} isOwn={isOwn} mark={mark} />
        </div>
        <Reactions chat={chat} messageId={message.message_id} me={me} mark={mark} />
        {markup && <InlineKeyboard chat={chat} message={message} markup={markup} />}
      </div>
      <MessageButtons onReply={() => props.onReply(message)} onMenu={canAct ? open : undefined} />
    </article>
  )
}

function senderOf({ sender_chat: chat, from }: Message) {
  return chat ?? from
}

/** The sender of a message, its origin, and the message that it replies to. */
export function Heading({ chat, message, showsName, isOwn }: MessageRowProps) {
  const { reply_to_message: answered, forward_origin: origin } = message
  const sender = senderOf(message)
  return (
    <>
      {showsName && !isOwn ? (
        <bdi class={`sender sender-${Math.abs(sender?.id ?? 0) % 7}`}>{senderName(message)}</bdi>
      ) : null}
      {message.via_bot ? <div class="forwarded">via @{message.via_bot.username}</div> : null}
      {origin ? <div class="forwarded">Forwarded from {originName(origin)}</div> : null}
      {answered && answered.forum_topic_created === undefined ? (
        <button
          type="button"
          class="quote"
          onClick={() => void store.show(chat, answered.message_id)}
        >
          <bdi class="quote-name">{answered.from?.first_name ?? "Message"}</bdi>
          <span class="quote-text" dir="auto">
            {summary(answered).slice(0, 120)}
          </span>
        </button>
      ) : null}
    </>
  )
}

/** Opens the menu of a message at the pointer, except over a link and over selected text. */
export function openAtPointer(event: MouseEvent, open: (at: Point) => void): void {
  const isOnLink = event.target instanceof Element && event.target.closest("a") !== null
  if (isOnLink || getSelection()?.isCollapsed === false) return
  event.preventDefault()
  open({ x: event.clientX, y: event.clientY })
}

interface ButtonsProps {
  readonly onReply: () => void
  /** Opens the menu; `undefined` for a message without one. */
  readonly onMenu: ((at: Point) => void) | undefined
}

/** The buttons next to a message. */
export function MessageButtons({ onReply, onMenu }: ButtonsProps) {
  const buttons = useRef<HTMLDivElement>(null)
  const openBelow = () => {
    const { left = 0, bottom = 0 } = buttons.current?.getBoundingClientRect() ?? {}
    onMenu?.({ x: left, y: bottom })
  }
  return (
    <div class="message-buttons" ref={buttons}>
      <IconButton icon="reply" label="Reply" onClick={onReply} />
      {onMenu ? <IconButton icon="more" label="More" onClick={openBelow} /> : null}
    </div>
  )
}

function originName(origin: NonNullable<Message["forward_origin"]>): string {
  if (origin.type === "user") return fullName(origin.sender_user)
  if (origin.type === "hidden_user") return origin.sender_user_name
  const chat = origin.type === "chat" ? origin.sender_chat : origin.chat
  return "title" in chat ? (chat.title ?? "a chat") : "a chat"
}

/** Returns the accessible name of a message. */
export function labelOf(message: Message, isOwn: boolean): string {
  return `${isOwn ? "You" : senderName(message)}, ${timeOf(message.date)}`
}
