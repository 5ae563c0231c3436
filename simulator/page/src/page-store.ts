import { useLayoutEffect, useReducer, useRef } from "preact/hooks"
import type { PageBot, PageChat, PageEvent, PageMessages } from "../../src/page/protocol.js"
import { applyEvent, withNotice, withOlder } from "./apply-event.js"
import { emptyState, type Notice, type OpenPress, type PageState } from "./page-state.js"

const remembered = "sounder-page"

/** How long a button shows that its press waits for an answer, in milliseconds. */
const pressShownMs = 60_000

/** What the page shows, and who has to be drawn again when it changes. */
class PageStore {
  state: PageState = emptyState
  readonly #listeners = new Set<() => void>()
  /** What happened in chats whose messages are being fetched. */
  readonly #meanwhile = new Map<string, PageEvent[]>()
  /** Presses that were answered before the page knew their ids. */
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
    this.change((state) => {
      let next = state
      for (const event of events) {
        if (event.kind === "callback" && !next.presses.has(event.id)) this.#answered.add(event.id)
        next = applyEvent(next, event)
        if ("chat" in event && typeof event.chat === "string") {
          this.#meanwhile.get(event.chat)?.push(event)
        }
      }
      return chooseWho(next)
    })
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
      ...{ leaders: [], topics: [], count: 0, isBegun: false },
    }
    const none = { messages: [], marks: {}, more: false }
    this.change((state) => ({
      ...state,
      chats: new Map(state.chats).set(key, chat),
      loaded: new Map(state.loaded).set(key, none),
    }))
    this.open(key)
  }

  /** Shows that a press waits for its answer, until that comes or nobody expects it any more. */
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
      return { ...state, openChat: key, openTopic: undefined, unread }
    })
    this.#remember()
    if (key !== undefined && !this.state.loaded.has(key)) void this.loadOlder(key)
  }

  openTopic(id: number | undefined): void {
    this.change((state) => ({ ...state, openTopic: id }))
    this.#remember()
  }

  /** Fetches messages before those that are there. */
  async loadOlder(key: string): Promise<void> {
    if (this.#meanwhile.has(key) || !this.state.chats.has(key)) return
    const events: PageEvent[] = []
    this.#meanwhile.set(key, events)
    const before = this.state.loaded.get(key)?.messages[0]?.message_id
    const query = new URLSearchParams({ chat: key, ...(before && { before: String(before) }) })
    try {
      const response = await fetch(`/page/messages?${query}`)
      if (!response.ok) return
      // The simulator's own answer.
      const older = (await response.json()) as PageMessages
      this.change((state) => {
        const loaded = new Map(state.loaded).set(key, withOlder(state.loaded.get(key), older))
        return events.filter(isOfMessages).reduce(applyLoaded, { ...state, loaded })
      })
    } finally {
      this.#meanwhile.delete(key)
    }
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

/** The one store of this page. */
export const store = new PageStore()

/** A part of the state; the component is drawn again when it changes. */
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

// Only the messages: the list of chats has had the event already.
function applyLoaded(state: PageState, event: PageEvent): PageState {
  return { ...state, loaded: applyEvent(state, event).loaded }
}

// After a snapshot: who was chosen before a reload, else the first person and their latest chat.
function chooseWho(state: PageState): PageState {
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
    // What this page wrote itself.
    return JSON.parse(sessionStorage.getItem(remembered) ?? "{}") as { me?: number }
  } catch {
    return {}
  }
}
