import { useState } from "preact/hooks"
import type { Message } from "../../../src/telegram/types.js"
import { Icon } from "./icon.js"
import { ContentCard } from "./content-cards.js"
import { messageKind } from "./message-kind.js"
import { RichText } from "./rich-text.js"
import { RichMessageView } from "./rich-message.js"
import { InvoiceCard } from "./invoice-card.js"
import { store } from "./page-store.js"
import { fileUrl } from "./server.js"
import { WidgetFrame } from "./widget-frame.js"

interface Props {
  readonly message: Message
  /** The key of its chat. */
  readonly chat: string
  readonly onCommand?: (command: string) => void
}

/** The content of a message of any kind. */
export function MessageContent({ message, chat, onCommand }: Props) {
  const { text, caption, invoice, widget, rich_message } = message
  if (text !== undefined) {
    return <RichText text={text} entities={message.entities} onCommand={onCommand} />
  }
  if (rich_message !== undefined) return <RichMessageView message={message} chat={chat} />
  if (invoice !== undefined) return <InvoiceCard chat={chat} message={message} invoice={invoice} />
  const isAlone = caption === undefined
  return (
    <>
      {widget === undefined ? (
        <Media message={message} isAlone={isAlone} />
      ) : (
        <WidgetFrame chat={chat} message={message} widget={widget} />
      )}
      {isAlone ? null : (
        <RichText text={caption} entities={message.caption_entities} onCommand={onCommand} />
      )}
    </>
  )
}

function Media({ message, isAlone }: { message: Message; isAlone: boolean }) {
  const { photo, sticker, animation, video, video_note, audio, voice, document } = message
  const size = photo?.at(-1)
  if (size !== undefined) {
    return (
      <button
        type="button"
        class="picture-button"
        aria-label="Show the photo in full size"
        onClick={() => store.view(message)}
      >
        <Picture {...size} alt={isAlone ? "Photo" : ""} />
      </button>
    )
  }
  if (sticker !== undefined) return <StickerView sticker={sticker} />
  const playable = animation ?? video ?? video_note
  if (playable !== undefined)
    return <VideoPlayer id={playable.file_id} name={messageKind(message)} />
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
  return <ContentCard message={message} />
}

function StickerView({ sticker }: { readonly sticker: NonNullable<Message["sticker"]> }) {
  const { file_id, emoji = "", is_video, is_animated } = sticker
  const label = `Sticker ${emoji}`.trim()
  if (is_video) {
    return <video class="picture" autoplay loop muted src={fileUrl(file_id)} aria-label={label} />
  }
  if (!is_animated) return <Picture {...sticker} alt={label} />
  return (
    <div class="dice" role="img" aria-label={label}>
      <span class="dice-face">{emoji || "✨"}</span>
      <span class="dim">animated sticker</span>
    </div>
  )
}

interface PictureProps {
  readonly file_id: string
  readonly width: number
  readonly height: number
  readonly alt: string
}

function Picture({ file_id, width, height, alt }: PictureProps) {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) return <FileCard id={file_id} name="An image that the browser cannot show" />
  return (
    <img
      class="picture"
      src={fileUrl(file_id)}
      width={width}
      height={height}
      alt={alt}
      loading="lazy"
      decoding="async"
      onError={() => setBroken(true)}
    />
  )
}

function VideoPlayer({ id, name }: { id: string; name: string }) {
  return <video class="picture" controls preload="metadata" src={fileUrl(id)} aria-label={name} />
}

function FileCard({ id, name, size }: { id: string; name: string; size?: number | undefined }) {
  return (
    <a class="media-card" href={fileUrl(id)} download={name}>
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

function bytesOf(size: number): string {
  if (size < 1024) return `${size} bytes`
  const isLarge = size >= 1_048_576
  return isLarge ? `${(size / 1_048_576).toFixed(1)} MB` : `${(size / 1024).toFixed(1)} KB`
}
