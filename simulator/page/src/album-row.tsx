import type { Message } from "../../../src/telegram/types.js"
import { useLongPress, type Point } from "./long-press.js"
import { MessageContent } from "./message-content.js"
import { MessageMeta } from "./message-meta.js"
import {
  Heading,
  labelOf,
  MessageButtons,
  openAtPointer,
  type MessageRowProps,
} from "./message-row.js"
import { dayOf } from "./times.js"

interface Props extends MessageRowProps {
  /** The messages of the album, of which `message` is the first. */
  readonly album: readonly Message[]
}

/** An album as one message: the files in a grid, and the caption once. */
export function AlbumRow({ album, ...props }: Props) {
  const { message, mark, chat, isOwn, isGroup, hasTail, showsDay, onCommand } = props
  const open = (at: Point) => props.onMenu(album, at)
  const handlers = useLongPress(open)
  const captioned = album.find(({ caption }) => caption !== undefined)
  const sides = `${isOwn ? "own" : ""} ${isGroup && !isOwn ? "with-avatar" : ""}`
  return (
    <li class="message-row" id={`message-${message.message_id}`}>
      {showsDay ? <div class="pill">{dayOf(message.date)}</div> : null}
      <article
        {...handlers}
        onContextMenu={(event) => openAtPointer(event, open)}
        class={`message ${sides}`}
        aria-label={`Album of ${album.length}, ${labelOf(message, isOwn)}`}
      >
        <div class="message-body">
          <div class={`bubble has-picture ${isOwn ? "own" : "other"} ${hasTail ? "tail" : ""}`}>
            <Heading {...props} />
            <div class="album">
              {album.map((file) => (
                <div key={file.message_id} id={`message-${file.message_id}-file`}>
                  <MessageContent
                    message={withoutCaption(file)}
                    chat={chat}
                    onCommand={onCommand}
                  />
                </div>
              ))}
            </div>
            {captioned ? (
              <MessageContent message={captionOf(captioned)} chat={chat} onCommand={onCommand} />
            ) : null}
            <MessageMeta message={message} isOwn={isOwn} mark={mark} />
          </div>
        </div>
        <MessageButtons onReply={() => props.onReply(message)} onMenu={open} />
      </article>
    </li>
  )
}

function withoutCaption(message: Message): Message {
  const { caption: _, caption_entities: __, ...file } = message
  return file
}

function captionOf({ caption, caption_entities: entities, ...message }: Message): Message {
  const { message_id, date, chat } = message
  return { message_id, date, chat, text: caption ?? "", ...(entities && { entities }) }
}
