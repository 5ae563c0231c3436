import type { Message } from "@grammyjs/types"
import { BoundedMap } from "../ground/bounded-map.js"

/** An HTML widget in a message, in Telegram's form. The types of the Bot API lack it. */
export interface Widget {
  readonly html: string
  /** The id of a shared widget. */
  readonly id?: string
  readonly width?: number
  readonly height?: number
  readonly public_data?: string
  readonly chat_data?: string
}

/** A widget that several messages can show. */
export interface SharedWidget {
  readonly botId: number
  /** The widget, without data of a chat. */
  readonly widget: Widget
  readonly mayAsk: boolean
}

/** An answer of a bot to a query from a widget. */
export interface WidgetAnswer {
  /** The data for the widget; `undefined` for none. */
  readonly data: string | undefined
}

/** A {@link WidgetBook} in a file. */
export interface SavedWidgets {
  readonly shared: readonly (readonly [string, SharedWidget])[]
  readonly asking: readonly string[]
}

interface OpenQuery {
  readonly botId: number
  readonly resolve: (answer: WidgetAnswer) => void
}

/** The number of queries that a user's widgets may send within {@link queryMs}. */
const maxQueries = 5
const queryMs = 5_000

/** The shared widgets, the widgets that may send queries, and the queries that no bot has answered yet. */
export class WidgetBook {
  readonly shared = new Map<string, SharedWidget>()
  /** The messages whose widget may send queries, by their keys. */
  readonly #asking = new Set<string>()
  readonly #open = new BoundedMap<string, OpenQuery>()
  /** The times of the last queries of each user, in milliseconds. */
  readonly #sent = new BoundedMap<number, readonly number[]>()

  /** Returns the widgets as JSON data, without open queries. */
  toJSON(): SavedWidgets {
    return { shared: [...this.shared], asking: [...this.#asking] }
  }

  /** Restores saved widgets. */
  restore({ shared, asking }: SavedWidgets): void {
    for (const [id, widget] of shared) this.shared.set(id, widget)
    for (const message of asking) this.#asking.add(message)
  }

  /** Notes that the widget of a message may send queries. */
  permit(botId: number, message: Message): void {
    this.#asking.add(keyOf(botId, message))
  }

  /** Returns whether the widget of a message may send queries. */
  mayAsk(botId: number, message: Message): boolean {
    return this.#asking.has(keyOf(botId, message))
  }

  /** Counts a query of a user; returns false for one that exceeds Telegram's limit. */
  count(userId: number, nowMs: number): boolean {
    const recent = (this.#sent.get(userId) ?? []).filter((at) => at > nowMs - queryMs)
    if (recent.length >= maxQueries) return false
    this.#sent.set(userId, [...recent, nowMs])
    return true
  }

  /** Adds a query. Resolves with the bot's answer. */
  opened(id: string, botId: number): Promise<WidgetAnswer> {
    return new Promise((resolve) => void this.#open.set(id, { botId, resolve }))
  }

  /** Removes a query whose time has passed. */
  expire(id: string): void {
    this.#open.delete(id)
  }

  /** Resolves a query with its answer; returns false if the bot has no query with this id. */
  answer(id: string, botId: number, answer: WidgetAnswer): boolean {
    const open = this.#open.get(id)
    if (open?.botId !== botId) return false
    this.#open.delete(id)
    open.resolve(answer)
    return true
  }
}

/** Returns the widget of a message; `undefined` for none. */
export function widgetOf(message: Message): Widget | undefined {
  return (message as Message & { readonly widget?: Widget }).widget
}

function keyOf(botId: number, { chat, message_id: id }: Message): string {
  return `${botId}:${chat.id}:${id}`
}
