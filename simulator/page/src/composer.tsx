import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks"
import type { PageChat, PageTopic, ReplyKey } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { AttachMenu } from "./attach-menu.js"
import { CommandMenu, moveInMenu, useCommands } from "./command-menu.js"
import { draftOf, keepDraft } from "./drafts.js"
import { IconButton } from "./icon-button.js"
import { InlineResults, useInline } from "./inline-results.js"
import { KeyDialog } from "./key-dialog.js"
import { summary } from "./message-kind.js"
import { isEditable } from "./message-menu.js"
import { senderName } from "./names.js"
import { store, usePage } from "./page-store.js"
import { ReplyKeyboardView } from "./reply-keyboard.js"
import { act } from "./server.js"
import { VoiceButton } from "./voice-button.js"
import type { WritingPlace } from "./writing-place.js"

/** The message that the next text replies to, or edits. */
export type Intent =
  | { readonly kind: "reply"; readonly message: Message }
  | { readonly kind: "edit"; readonly message: Message }
  | undefined

interface Props {
  readonly chat: PageChat
  /** The topic to write in. Default: the general one. */
  readonly topic: PageTopic | undefined
  readonly intent: Intent
  readonly onIntent: (intent: Intent) => void
  /** Called with files to send, and whether to send pictures as documents. */
  readonly onFiles: (files: readonly File[], asFiles: boolean) => void
}

/** The text field of a chat, with its buttons and menus. */
export function Composer({ chat, topic, intent, onIntent, onFiles }: Props) {
  const place = { chat: chat.key, ...(topic && { topic: topic.id }) }
  const draft = `${store.state.me} ${chat.key} ${topic?.id}`
  const [text, setText] = useState(() => draftOf(draft))
  const field = useRef<HTMLTextAreaElement>(null)
  const offered = useCommands(chat, text)
  // The text for which Escape has closed the menu of commands.
  const [closedFor, closeFor] = useState<string>()
  const commands = closedFor === text ? [] : offered
  const inline = useInline(chat.key, text)
  const keyboard = usePage(({ people, me }) => people.get(me ?? 0)?.keyboards[chat.key])
  // The key whose content the person chooses.
  const [asked, setAsked] = useState<ReplyKey>()
  const put = useRef("")
  const typed = usePage((state) => state.typed)
  useLayoutEffect(() => {
    if (typed?.chat !== chat.key) return
    setText(typed.text)
    field.current?.focus()
    store.type(undefined)
  }, [typed])
  // A layout effect runs before the next key press, whose text would be overwritten otherwise.
  useLayoutEffect(() => {
    if (intent !== undefined) field.current?.focus()
    if (intent?.kind !== "edit") return undefined
    put.current = text
    setText(textOf(intent.message))
    return () => setText(put.current)
  }, [intent])
  useEffect(() => {
    fitHeight(field.current)
    keepDraft(draft, intent?.kind === "edit" ? "" : text)
  }, [text])
  // On a touch screen, focus would open the on-screen keyboard.
  useEffect(() => {
    if (matchMedia("(hover: hover)").matches) field.current?.focus()
  }, [])

  const send = async (written = text) => {
    if (written.trim() === "") return
    // Text typed meanwhile stays; a refused text returns to an empty field.
    if (intent?.kind !== "edit") {
      setText((now) => (now === written || now.startsWith("/") ? "" : now))
    }
    onIntent(undefined)
    field.current?.focus()
    const isSent = await sendText(place, written, intent)
    if (!isSent) setText((now) => (now === "" ? written : now))
  }
  const tap = (key: ReplyKey) => {
    if (key.asks !== undefined) return setAsked(key)
    return void act("tap", { as: store.state.me, chat: chat.key, key: key.text })
  }
  const keyDown = (event: KeyboardEvent) => {
    if (moveInMenu(event, field.current)) return
    if (event.key === "Escape") {
      if (commands.length > 0) closeFor(text)
      else if (intent !== undefined) onIntent(undefined)
    }
    if (event.key === "ArrowUp" && text === "" && intent === undefined) {
      const last = lastEditable(chat.key)
      if (last) event.preventDefault()
      if (last) onIntent({ kind: "edit", message: last })
    }
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
      <CommandMenu
        commands={commands}
        field={field}
        onChoose={(command) => void send(command)}
        onClose={() => closeFor(text)}
      />
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
          closeFor(undefined)
          field.current?.focus()
        })}
        {text === "" && intent === undefined ? <VoiceButton place={place} /> : null}
        <IconButton icon="send" label="Send" onClick={() => void send()} />
      </form>
      {keyboard ? <ReplyKeyboardView keyboard={keyboard} onPress={tap} /> : null}
      {asked ? (
        <KeyDialog chat={chat.key} shownKey={asked} onClose={() => setAsked(undefined)} />
      ) : null}
    </div>
  )
}

function IntentBar({ intent, onCancel }: { intent: NonNullable<Intent>; onCancel: () => void }) {
  return (
    <div class="intent">
      <div class="quote">
        <span class="quote-name">
          {intent.kind === "edit" ? "Edit message" : replyName(intent.message)}
        </span>
        <span class="quote-text" dir="auto">
          {summary(intent.message).slice(0, 120)}
        </span>
      </div>
      <IconButton
        icon="close"
        label={intent.kind === "edit" ? "Cancel the edit" : "Cancel the reply"}
        onClick={onCancel}
      />
    </div>
  )
}

function replyName(message: Message): string {
  return `Reply to ${senderName(message)}`
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
  if (intent?.kind === "edit" && text.trim() === textOf(intent.message)) return true
  const sent =
    intent?.kind === "edit"
      ? await act("edit", { as: me, chat: place.chat, message_id: id, text })
      : await act("send", { as: me, ...place, text, ...(id !== undefined && { reply_to: id }) })
  return sent !== undefined
}

function textOf({ text, caption }: Message): string {
  return text ?? caption ?? ""
}

/** Returns the last message of a chat that the person can edit. */
function lastEditable(chat: string): Message | undefined {
  const { loaded, me } = store.state
  return loaded.get(chat)?.messages.findLast((message) => isEditable(message, me))
}

function fitHeight(field: HTMLTextAreaElement | null): void {
  if (field === null) return
  field.style.height = "auto"
  field.style.height = `${Math.min(field.scrollHeight, 200)}px`
}
