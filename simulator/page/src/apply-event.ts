import type { PageChat, PageEvent, PageSnapshot } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { isEphemeral } from "./seen-by.js"
import { applyDraft, withoutDrafts } from "./apply-draft.js"
import type { LoadedMessages, Notice, PageState } from "./page-state.js"

const keptRows = 500
const actionMs = 5000
let notices = 0

/** Returns the state of the page after an event. */
export function applyEvent(state: PageState, event: PageEvent): PageState {
  switch (event.kind) {
    case "snapshot":
      return applySnapshot(state, event)
    case "bot":
      return { ...state, bots: withEntry(state.bots, event.bot.id, event.bot) }
    case "person":
      return { ...state, people: withEntry(state.people, event.person.user.id, event.person) }
    case "chat":
      return { ...state, chats: withEntry(state.chats, event.chat.key, event.chat) }
    case "message":
      return applyMessage(state, event.chat, event.message)
    case "edit":
      return applyEdit(state, event.chat, event.message)
    case "delete":
      return applyDelete(state, event)
    case "mark":
      return applyMark(state, event)
    case "action": {
      const action = { bot: event.bot, action: event.action, until: Date.now() + actionMs }
      return { ...state, actions: withEntry(state.actions, event.chat, action) }
    }
    case "draft":
      return applyDraft(state, event)
    case "callback":
      return applyCallback(state, event)
    case "inline":
      return event.answer.person === state.me ? { ...state, inline: event.answer } : state
    case "update":
      return { ...state, updates: withUpdate(state.updates, event.update) }
    case "call":
      return { ...state, calls: [...state.calls, event.call].slice(-keptRows) }
    case "faults":
      return { ...state, faults: event.faults }
    case "receiving":
      return {
        ...state,
        receiving: withEntry(state.receiving, event.receiving.bot, event.receiving),
      }
  }
}

/** Shows a notice. */
export function withNotice(state: PageState, notice: Omit<Notice, "id">): PageState {
  return { ...state, notices: [...state.notices, { ...notice, id: ++notices }].slice(-5) }
}

/** Adds fetched messages before the loaded ones. */
export function withOlder(
  known: LoadedMessages | undefined,
  older: LoadedMessages,
): LoadedMessages {
  const byId = new Map<number, Message>()
  for (const message of older.messages) byId.set(message.message_id, message)
  for (const message of known?.messages ?? []) byId.set(message.message_id, message)
  const messages = [...byId.values()].sort((a, b) => a.message_id - b.message_id)
  const marks = { ...known?.marks, ...older.marks }
  return { messages, marks, more: older.more }
}

function applySnapshot(state: PageState, snapshot: PageSnapshot): PageState {
  const { apiRoot, isLocal, updates, calls, faults } = snapshot
  return {
    ...state,
    isReady: true,
    apiRoot,
    isLocal,
    updates,
    calls,
    faults,
    bots: new Map(snapshot.bots.map((bot) => [bot.id, bot])),
    people: new Map(snapshot.people.map((person) => [person.user.id, person])),
    chats: new Map(snapshot.chats.map((chat) => [chat.key, chat])),
    receiving: new Map(snapshot.receiving.map((receiving) => [receiving.bot, receiving])),
    loaded: new Map(),
    actions: new Map(),
    drafts: new Map(),
  }
}

function applyMessage(state: PageState, key: string, message: Message): PageState {
  if (isEphemeral(message)) return changeLoaded(state, key, (messages) => [...messages, message])
  const changed = changeChat(state, key, (chat) => ({
    ...chat,
    last: message,
    count: chat.count + 1,
  }))
  const isUnread = key !== state.openChat && message.from?.id !== state.me
  const actions = new Map(state.actions)
  if (actions.get(key)?.bot === message.from?.id) actions.delete(key)
  return {
    ...changeLoaded(changed, key, (messages) => [...without(messages, message), message]),
    actions,
    drafts: withoutDrafts(state.drafts, key, message),
    unread: isUnread
      ? withEntry(state.unread, key, (state.unread.get(key) ?? 0) + 1)
      : state.unread,
  }
}

function applyEdit(state: PageState, key: string, message: Message): PageState {
  const isSame = ({ message_id }: Message) => message_id === message.message_id
  const changed = changeChat(state, key, (chat) =>
    chat.last && isSame(chat.last) ? { ...chat, last: message } : chat,
  )
  return changeLoaded(changed, key, (messages) =>
    messages.map((known) => (isSame(known) ? message : known)),
  )
}

function applyDelete(
  state: PageState,
  { chat: key, messageId: id, isEphemeral: wasEphemeral }: Extract<PageEvent, { kind: "delete" }>,
): PageState {
  const next = changeLoaded(state, key, (messages) =>
    messages.filter(({ message_id }) => message_id !== id),
  )
  if (wasEphemeral) return next
  return changeChat(next, key, ({ last, ...chat }) => {
    const shown = last?.message_id === id ? next.loaded.get(key)?.messages.at(-1) : last
    return { ...chat, count: chat.count - 1, ...(shown && { last: shown }) }
  })
}

function applyMark(
  state: PageState,
  { chat, messageId, mark }: Extract<PageEvent, { kind: "mark" }>,
): PageState {
  const loaded = state.loaded.get(chat)
  if (loaded === undefined) return state
  const { [messageId]: _, ...others } = loaded.marks
  const marks = mark === null ? others : { ...others, [messageId]: mark }
  return { ...state, loaded: withEntry(state.loaded, chat, { ...loaded, marks }) }
}

type PressAnswer = Pick<
  Extract<PageEvent, { kind: "callback" }>,
  "person" | "text" | "showAlert"
> & { readonly url: string | undefined }

function applyCallback(
  state: PageState,
  { id, person, text, showAlert, url }: Extract<PageEvent, { kind: "callback" }>,
): PageState {
  const presses = new Map(state.presses)
  presses.delete(id)
  return withAnswer({ ...state, presses }, { person, text, showAlert, url })
}

function withAnswer(state: PageState, { person, text, showAlert, url }: PressAnswer): PageState {
  const isSilent = text === "" && url === undefined
  if (person !== state.me || isSilent) return state
  return withNotice(state, { text, kind: showAlert ? "alert" : "note", ...(url && { url }) })
}

function without(messages: readonly Message[], { message_id: id }: Message): readonly Message[] {
  const isLater = (messages.at(-1)?.message_id ?? 0) < id
  return isLater ? messages : messages.filter(({ message_id }) => message_id !== id)
}

function withUpdate<T extends { bot: number; id: number }>(
  rows: readonly T[],
  row: T,
): readonly T[] {
  const at = rows.findLastIndex(({ bot, id }) => bot === row.bot && id === row.id)
  return at < 0 ? [...rows, row].slice(-keptRows) : rows.with(at, row)
}

function changeChat(state: PageState, key: string, next: (chat: PageChat) => PageChat): PageState {
  const chat = state.chats.get(key)
  return chat ? { ...state, chats: withEntry(state.chats, key, next(chat)) } : state
}

function changeLoaded(
  state: PageState,
  key: string,
  next: (messages: readonly Message[]) => readonly Message[],
): PageState {
  const loaded = state.loaded.get(key)
  if (loaded === undefined) return state
  const messages = next(loaded.messages)
  return { ...state, loaded: withEntry(state.loaded, key, { ...loaded, messages }) }
}

function withEntry<K, V>(map: ReadonlyMap<K, V>, key: K, value: V): ReadonlyMap<K, V> {
  return new Map(map).set(key, value)
}
