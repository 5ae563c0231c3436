import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { PageChat, PageTopic } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { AttachMenu } from "./attach-menu.js"
import { CommandMenu, useCommands } from "./command-menu.js"
import { draftOf, keepDraft } from "./drafts.js"
import { IconButton } from "./icon-button.js"
import { InlineResults, useInline } from "./inline-results.js"
import { summary } from "./message-kind.js"
import { store, usePage } from "./page-store.js"
import { ReplyKeyboardView } from "./reply-keyboard.js"
import { act } from "./server.js"
import { VoiceButton } from "./voice-button.js"
import type { WritingPlace } from "./writing-place.js"

/** What the next message answers, or which one it replaces. */
export type Intent =
  | { readonly kind: "reply"; readonly message: Message }
  | { readonly kind: "edit"; readonly message: Message }
  | undefined

interface Props {
  readonly chat: PageChat
  /** The topic that is written in; the general one by default. */
  readonly topic: PageTopic | undefined
  readonly intent: Intent
  readonly onIntent: (intent: Intent) => void
  /** Called with files to send, and whether pictures among them are files. */
  readonly onFiles: (files: readonly File[], asFiles: boolean) => void
}

/** Where a person writes. */
export function Composer({ chat, topic, intent, onIntent, onFiles }: Props) {
  const place = { chat: chat.key, ...(topic && { topic: topic.id }) }
  const draft = `${store.state.me} ${chat.key} ${topic?.id}`
  const [text, setText] = useState(() => draftOf(draft))
  const field = useRef<HTMLTextAreaElement>(null)
  const commands = useCommands(chat, text)
  const inline = useInline(chat.key, text)
  const keyboard = usePage(({ people, me }) => people.get(me ?? 0)?.keyboards[chat.key])
  // Before the next key: what is typed at once must not be written over.
  useLayoutEffect(() => {
    if (intent?.kind === "edit") setText(intent.message.text ?? intent.message.caption ?? "")
    if (intent !== undefined) field.current?.focus()
  }, [intent])
  useEffect(() => {
    fitHeight(field.current)
    keepDraft(draft, intent?.kind === "edit" ? "" : text)
  }, [text])
  // Not where a keyboard on the screen would come up at once.
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus()
  }, [])

  const send = async (written = text) => {
    if (written.trim() === "") return
    // What is written meanwhile stays; what was refused comes back.
    setText((now) => (now === written || now.startsWith("/") ? "" : now))
    onIntent(undefined)
    field.current?.focus()
    const isSent = await sendText(place, written, intent)
    if (!isSent) setText((now) => (now === "" ? written : now))
  }
  const tap = (key: string) => void act("tap", { as: store.state.me, chat: chat.key, key })
  const keyDown = (event: KeyboardEvent) => {
    if (event.key === "Escape" && intent !== undefined) onIntent(undefined)
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return
    event.preventDefault()
    void send()
  }
  const pasted = (event: ClipboardEvent) => {
    const files = [...(event.clipboardData?.files ?? [])]
    if (files.length > 0) onFiles(files, false)
  }
  return (
    <div class="composer">
      {intent ? <IntentBar intent={intent} onCancel={() => onIntent(undefined)} /> : null}
      <CommandMenu commands={commands} onChoose={(command) => void send(command)} />
      {inline ? (
        <InlineResults chat={chat.key} answer={inline} onChosen={() => setText("")} />
      ) : null}
      <form
        class="composer-line"
        onSubmit={(event) => {
          event.preventDefault()
          void send()
        }}
      >
        <AttachMenu place={place} onFiles={onFiles} />
        <textarea
          ref={field}
          rows={1}
          value={text}
          dir="auto"
          aria-label="Message"
          placeholder={keyboard?.placeholder ?? "Message"}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
          onKeyDown={keyDown}
          onPaste={pasted}
        />
        {commandButton(chat, () => {
          setText("/")
          field.current?.focus()
        })}
        {text === "" && intent === undefined ? <VoiceButton place={place} /> : null}
        <IconButton icon="send" label="Send" onClick={() => void send()} />
      </form>
      {keyboard ? <ReplyKeyboardView keyboard={keyboard} onPress={tap} /> : null}
    </div>
  )
}

function IntentBar({ intent, onCancel }: { intent: NonNullable<Intent>; onCancel: () => void }) {
  return (
    <div class="intent">
      <div class="quote">
        <span class="quote-name">{intent.kind === "edit" ? "Edit" : "Reply"}</span>
        <span class="quote-text" dir="auto">
          {summary(intent.message).slice(0, 120)}
        </span>
      </div>
      <IconButton icon="close" label={`Do not ${intent.kind}`} onClick={onCancel} />
    </div>
  )
}

function commandButton(chat: PageChat, onClick: () => void) {
  const hasCommands = chat.bots.some((id) => (store.state.bots.get(id)?.commands.length ?? 0) > 0)
  return hasCommands ? (
    <button type="button" class="slash" aria-label="Commands" title="Commands" onClick={onClick}>
      /
    </button>
  ) : null
}

async function sendText(place: WritingPlace, text: string, intent: Intent): Promise<boolean> {
  const { me } = store.state
  const id = intent?.message.message_id
  const sent =
    intent?.kind === "edit"
      ? await act("edit", { as: me, chat: place.chat, message_id: id, text })
      : await act("send", { as: me, ...place, text, ...(id !== undefined && { reply_to: id }) })
  return sent !== undefined
}

function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return
  field.style.height = "auto"
  field.style.height = `${Math.min(field.scrollHeight, 200)}px`
}
