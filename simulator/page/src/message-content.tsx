import { useState } from "preact/hooks"
import type { Message } from "../../../src/telegram/types.js"
import { Icon } from "./icon.js"
import { messageKind } from "./message-kind.js"
import { RichText } from "./rich-text.js"
import { InvoiceCard } from "./invoice-card.js"
import { fileUrl } from "./server.js"

interface Props {
  readonly message: Message
  /** The key of its chat. */
  readonly chat: string
  readonly onCommand?: (command: string) => void
}

/** What a message holds, whatever it is. */
export function MessageContent({ message, chat, onCommand }: Props) {
  const { text, caption, invoice } = message
  if (text !== undefined) {
    return <RichText text={text} entities={message.entities} onCommand={onCommand} />
  }
  if (invoice !== undefined) return <InvoiceCard chat={chat} message={message} invoice={invoice} />
  const isAlone = caption === undefined
  return (
    <>
      <Media message={message} isAlone={isAlone} />
      {isAlone ? null : (
        <RichText text={caption} entities={message.caption_entities} onCommand={onCommand} />
      )}
    </>
  )
}

function Media({ message, isAlone }: { message: Message; isAlone: boolean }) {
  const { photo, sticker, animation, video, video_note, audio, voice, document } = message
  const size = photo?.at(-1)
  if (size !== undefined) return <Picture {...size} alt={isAlone ? "Photo" : ""} />
  if (sticker !== undefined) return <Picture {...sticker} alt={`Sticker ${sticker.emoji ?? ""}`} />
  const film = animation ?? video ?? video_note
  if (film !== undefined) return <Film id={film.file_id} name={messageKind(message)} />
  const sound = audio ?? voice
  if (sound !== undefined) {
    return (
      <audio
        controls
        preload="none"
        src={fileUrl(sound.file_id)}
        aria-label={messageKind(message)}
      />
    )
  }
  if (document !== undefined) {
    return (
      <FileCard
        id={document.file_id}
        name={document.file_name ?? "file"}
        size={document.file_size}
      />
    )
  }
  return <Card message={message} />
}

interface PictureProps {
  readonly file_id: string
  readonly width: number
  readonly height: number
  readonly alt: string
}

function Picture({ file_id, width, height, alt }: PictureProps) {
  const [isBroken, breaks] = useState(false)
  if (isBroken) return <FileCard id={file_id} name="A photo that no browser can show" />
  return (
    <img
      class="picture"
      src={fileUrl(file_id)}
      width={width}
      height={height}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => breaks(true)}
    />
  )
}

function Film({ id, name }: { id: string; name: string }) {
  return <video class="picture" controls preload="metadata" src={fileUrl(id)} aria-label={name} />
}

function FileCard({ id, name, size }: { id: string; name: string; size?: number | undefined }) {
  return (
    <a class="file-card" href={fileUrl(id)} download={name}>
      <span class="file-icon">
        <Icon name="file" />
      </span>
      <span>
        <bdi class="file-name">{name}</bdi>
        {size === undefined ? null : <span class="dim">{bytesOf(size)}</span>}
      </span>
    </a>
  )
}

function Card({ message }: { message: Message }) {
  const { contact, dice, game, venue } = message
  const location = message.venue?.location ?? message.location
  if (contact !== undefined) {
    return <Lines title={contact.first_name} rest={[contact.phone_number]} />
  }
  if (location !== undefined) {
    const { latitude, longitude } = location
    return <Lines title={venue?.title ?? "Location"} rest={[`${latitude}, ${longitude}`]} />
  }
  if (game !== undefined) {
    return <Lines title={game.title} rest={[game.description, ...(game.text ?? "").split("\n")]} />
  }
  if (dice !== undefined) {
    return (
      <div class="dice">
        {dice.emoji} <strong>{dice.value}</strong>
      </div>
    )
  }
  return <Lines title={`A message of the kind ${messageKind(message)}`} rest={[]} />
}

function Lines({ title, rest }: { title: string; rest: readonly string[] }) {
  return (
    <div class="card" dir="auto">
      <strong>{title}</strong>
      {rest.map((line, index) => (
        <div key={index}>{line}</div>
      ))}
    </div>
  )
}

function bytesOf(size: number): string {
  if (size < 1024) return `${size} bytes`
  const isLarge = size >= 1_048_576
  return isLarge ? `${(size / 1_048_576).toFixed(1)} MB` : `${(size / 1024).toFixed(1)} KB`
}
