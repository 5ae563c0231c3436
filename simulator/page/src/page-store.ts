import { useLayoutEffect, useReducer, useRef } from "preact/hooks"
import type { PageBot, PageChat, PageEvent, PageMessages } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import { applyEvent, withNotice, withOlder } from "./apply-event.js"
import { emptyState, type Notice, type OpenPress, type PageState } from "./page-state.js"

const remembered = "sounder-page"

/** The time for which a pressed button shows that its answer is pending, in milliseconds. */
const pressShownMs = 60_000

/** The state of the page, with the listeners to its changes. */
class PageStore {
  state: PageState = emptyState
  readonly #listeners = new Set<() => void>()
  /** The events of chats whose messages are being fetched, by the key of the chat. */
  readonly #meanwhile = new Map<string, PageEvent[]>()
  readonly #loads = new Map<string, Promise<void>>()
  /** The ids of button presses that were answered before the page knew them. */
  readonly #answered = new Set<string>()

  subscribe(listener: () => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  change(next: (state: PageState) => PageState): void {
    this.state = next(this.state)
    for (const listener of this.#listeners) listener()
  }

  apply(events: readonly PageEvent[]): void {
    const isFirst = this.state.me === undefined
    this.change((state) => {
      let next = state
      for (const event of events) {
        if (event.kind === "callback" && !next.presses.has(event.id)) this.#answered.add(event.id)
        next = applyEvent(next, event)
        if ("chat" in event && typeof event.chat === "string") {
          this.#meanwhile.get(event.chat)?.push(event)
        }
      }
      return choosePerson(next)
    })
    if (isFirst) this.#openOnlyChat()
    const { openChat, loaded } = this.state
    if (openChat !== undefined && !loaded.has(openChat)) void this.loadOlder(openChat)
  }

  /** Shows a chat with a bot that the person has not written to. It begins with their first message. */
  meet(bot: PageBot): void {
    const { me = 0, people } = this.state
    const key = `${bot.id}:${me}`
    const first_name = people.get(me)?.user.first_name ?? ""
    const chat: PageChat = {
      ...{ key, chat: { id: me, type: "private", first_name }, people: [me], bots: [bot.id] },
      ...{ administrators: [], topics: [], pinnedIds: [], count: 0, isBegun: false },
    }
    const none = { messages: [], marks: {}, more: false }
    this.change((state) => ({
      ...state,
      chats: new Map(state.chats).set(key, chat),
      loaded: new Map(state.loaded).set(key, none),
    }))
    this.open(key)
  }

  /** Shows that the answer to a button press is pending, until it arrives or a minute has passed. */
  pressed(id: string, press: OpenPress): void {
    if (this.#answered.delete(id)) return
    this.change((state) => ({ ...state, presses: new Map(state.presses).set(id, press) }))
    setTimeout(() => this.#forget(id), pressShownMs)
  }

  notice(notice: Omit<Notice, "id">): void {
    this.change((state) => withNotice(state, notice))
  }

  dismiss(id: number): void {
    this.change((state) => ({
      ...state,
      notices: state.notices.filter((notice) => notice.id !== id),
    }))
  }

  become(me: number): void {
    this.change((state) => ({ ...state, me, openChat: undefined, openTopic: undefined }))
    this.#remember()
  }

  open(key: string | undefined): void {
    this.change((state) => {
      const unread = new Map(state.unread)
      if (key !== undefined) unread.delete(key)
      return { ...state, openChat: key, openTopic: undefined, unread, shown: undefined }
    })
    this.#remember()
    if (key !== undefined && !this.state.loaded.has(key)) void this.loadOlder(key)
  }

  openTopic(id: number | undefined): void {
    this.change((state) => ({ ...state, openTopic: id }))
    this.#remember()
  }

  /** Shows the photo of a message in full size; `undefined` closes it. */
  view(viewed: Message | undefined): void {
    this.change((state) => ({ ...state, viewed }))
  }

  /** Puts a text into the text field of a chat; `undefined` once it is there. */
  type(typed: PageState["typed"]): void {
    this.change((state) => ({ ...state, typed }))
  }

  /** Shows a message of a chat, and fetches the messages from it on if they are not loaded. */
  async show(chat: string, messageId: number): Promise<void> {
    await this.#loads.get(chat)
    const first = this.state.loaded.get(chat)?.messages[0]?.message_id
    if (first !== undefined && first > messageId) await this.loadOlder(chat, messageId)
    this.change((state) => ({ ...state, shown: { chat, messageId } }))
  }

  /**
   * Fetches messages before the loaded ones.
   *
   * @param from the id of a message up to which all messages are fetched
   */
  loadOlder(key: string, from?: number): Promise<void> {
    if (!this.state.chats.has(key)) return Promise.resolve()
    const load = this.#loads.get(key) ?? this.#load(key, from)
    this.#loads.set(key, load)
    return load
  }

  async #load(key: string, from: number | undefined): Promise<void> {
    const events: PageEvent[] = []
    this.#meanwhile.set(key, events)
    const before = this.state.loaded.get(key)?.messages[0]?.message_id
    const query = new URLSearchParams({
      chat: key,
      ...(before && { before: String(before) }),
      ...(from && { from: String(from) }),
    })
    try {
      const response = await fetch(`/page/messages?${query}`)
      if (!response.ok) return
      // The simulator's answer has this type.
      const older = (await response.json()) as PageMessages
      this.change((state) => {
        const loaded = new Map(state.loaded).set(key, withOlder(state.loaded.get(key), older))
        return events.filter(isOfMessages).reduce(applyLoaded, { ...state, loaded })
      })
    } finally {
      this.#meanwhile.delete(key)
      this.#loads.delete(key)
    }
  }

  /** Opens the only chat of the list. On a phone, the chat would hide the list. */
  #openOnlyChat(): void {
    const { me, openChat, chats, bots } = this.state
    if (me === undefined || openChat !== undefined || innerWidth <= 700) return
    const listed = [...chats.values()].filter(
      ({ chat, people }) => chat.type !== "private" || people.includes(me),
    )
    const [bot] = bots.values()
    const [chat] = listed
    if (bot === undefined || bots.size > 1 || listed.length > 1) return
    if (chat === undefined) this.meet(bot)
    else if (chat.chat.type === "private") this.open(chat.key)
  }

  #forget(id: string): void {
    this.change((state) => {
      const presses = new Map(state.presses)
      presses.delete(id)
      return { ...state, presses }
    })
  }

  #remember(): void {
    const { me, openChat, openTopic } = this.state
    sessionStorage.setItem(remembered, JSON.stringify({ me, openChat, openTopic }))
  }
}

/** The store of this page. */
export const store = new PageStore()

/** Returns a part of the state. The component is rendered again when that part changes. */
export function usePage<T>(select: (state: PageState) => T): T {
  const [, redraw] = useReducer((count: number) => count + 1, 0)
  const latest = useRef(select)
  latest.current = select
  const selected = select(store.state)
  const shown = useRef(selected)
  shown.current = selected
  useLayoutEffect(() => {
    const look = () => {
      if (!Object.is(latest.current(store.state), shown.current)) redraw(undefined)
    }
    look()
    return store.subscribe(look)
  }, [])
  return selected
}

function isOfMessages({ kind }: PageEvent): boolean {
  return kind === "message" || kind === "edit" || kind === "delete" || kind === "mark"
}

// Changes only the messages, because the list of chats has applied the event already.
function applyLoaded(state: PageState, event: PageEvent): PageState {
  return { ...state, loaded: applyEvent(state, event).loaded }
}

// Selects the person from before a reload, otherwise the first person and their latest chat.
function choosePerson(state: PageState): PageState {
  if (state.me !== undefined && state.people.has(state.me)) return state
  const [first] = state.people.keys()
  const before = readRemembered()
  const isKnown = before.me !== undefined && state.people.has(before.me)
  const me = isKnown ? before.me : first
  const isMine = state.chats.get(before.openChat ?? "")?.people.includes(me ?? 0)
  const { openChat, openTopic } = isMine ? before : {}
  return { ...state, me, openChat, openTopic }
}

function readRemembered(): { me?: number; openChat?: string; openTopic?: number } {
  try {
    // This page wrote the value.
    return JSON.parse(sessionStorage.getItem(remembered) ?? "{}") as { me?: number }
  } catch {
    return {}
  }
}
