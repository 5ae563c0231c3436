import { Component } from "preact"
import type { PageMark, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { Avatar } from "./avatar.js"
import { IconButton } from "./icon-button.js"
import { InlineKeyboard } from "./inline-keyboard.js"
import { useLongPress } from "./long-press.js"
import { MessageContent } from "./message-content.js"
import { serviceText, summary } from "./message-kind.js"
import { fullName, senderName } from "./names.js"
import { store } from "./page-store.js"
import { PollView } from "./poll-view.js"
import { ReactionMenu, Reactions } from "./reactions.js"
import { act } from "./server.js"
import { dayOf, timeOf } from "./times.js"
import { TopicIcon } from "./topics.js"

/** A message and what lies around it. */
export interface MessageRowProps {
  readonly chat: string
  readonly message: Message
  /** The reactions to it, and the votes in its poll. */
  readonly mark: PageMark | undefined
  readonly me: number | undefined
  readonly isOwn: boolean
  /** Whether several people write here. */
  readonly isGroup: boolean
  /** The day above the first message of a day. */
  readonly showsDay: boolean
  /** The sender's name, in a group, above the first of several messages. */
  readonly showsName: boolean
  /** The topic it was written in, where the one before was written in another. */
  readonly topic: PageTopic | undefined
  /** The tail at the last of several messages. */
  readonly hasTail: boolean
  readonly onReply: (message: Message) => void
  readonly onEdit: (message: Message) => void
  readonly onCommand: (command: string) => void
}

/** One message; drawn again only when something of it has changed. */
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
  const { chat, message, me, mark, isOwn, isGroup, hasTail, onCommand } = props
  const { reply_markup: markup } = message
  const { isHeld, element, handlers } = useLongPress()
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
      ref={element}
      {...handlers}
      class={`message ${isOwn ? "own" : ""} ${isGroup && !isOwn ? "with-avatar" : ""} ${isHeld ? "held" : ""}`}
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
          <span class="meta">
            {message.edit_date === undefined ? null : "edited "}
            <time>{timeOf(message.date)}</time>
          </span>
        </div>
        <Reactions chat={chat} messageId={message.message_id} me={me} mark={mark} />
        {markup && <InlineKeyboard chat={chat} message={message} markup={markup} />}
      </div>
      <MessageButtons {...props} />
    </article>
  )
}

function senderOf({ sender_chat: chat, from }: Message) {
  return chat ?? from
}

/** The sender of a message, and the message that it answers. */
export function Heading({ message, showsName, isOwn }: MessageRowProps) {
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
        <div class="quote">
          <bdi class="quote-name">{answered.from?.first_name ?? "Message"}</bdi>
          <span class="quote-text" dir="auto">
            {summary(answered).slice(0, 120)}
          </span>
        </div>
      ) : null}
    </>
  )
}

/** The buttons of a message: reply, edit, react, pin and delete. */
export function MessageButtons({ chat, message, me, isOwn, onReply, onEdit }: MessageRowProps) {
  const { message_id } = message
  const pin = () => void act("pin", { as: me, chat, message_id })
  const remove = () => void act("delete", { as: me, chat, message_id })
  return (
    <div class="message-buttons">
      <IconButton icon="reply" label="Reply" onClick={() => onReply(message)} />
      {isOwn && (message.text ?? message.caption) !== undefined ? (
        <IconButton icon="edit" label="Edit" onClick={() => onEdit(message)} />
      ) : null}
      <ReactionMenu chat={chat} messageId={message_id} me={me} />
      <IconButton icon="pin" label="Pin" onClick={pin} />
      <IconButton icon="bin" label="Delete" onClick={remove} />
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
