import type { CallRecord } from "../api/api.js"
import type { PageCall, ReplyKeyboard } from "./protocol.js"

const kept = 500
const maxAnswer = 20_000
const maxParameter = 5_000

/** The last 500 calls of bots. */
export class CallLog {
  #calls: PageCall[] = []
  #count = 0

  /** All that are kept, oldest first. */
  get calls(): readonly PageCall[] {
    return this.#calls.slice(-kept)
  }

  /** Adds a call. */
  add(record: CallRecord): PageCall {
    const call: PageCall = {
      id: ++this.#count,
      bot: record.botId,
      method: record.method,
      params: shortened(record.params),
      status: record.status,
      at: record.at,
      answer: JSON.stringify(record.answer).slice(0, maxAnswer),
    }
    if (this.#calls.push(call) >= 2 * kept) this.#calls = this.#calls.slice(-kept)
    return call
  }
}

/** What a call does to the reply keyboard of its chat: `undefined` where it does nothing. */
export function keyboardOf(
  record: CallRecord,
): { chatId: number; keyboard: ReplyKeyboard | null } | undefined {
  const markup = parsed(record.params["reply_markup"])
  if (record.status !== 200 || markup === undefined) return undefined
  const keyboard = keyboardIn(markup)
  if (keyboard === undefined) return undefined
  // What a method that sends answers is a message; anything else has no chat.
  const { chat } = (record.answer.result ?? {}) as { chat?: { id: number } }
  return chat && { chatId: chat.id, keyboard }
}

function keyboardIn(markup: Record<string, unknown>): ReplyKeyboard | null | undefined {
  const placeholder = markup["input_field_placeholder"]
  const more = {
    ...(typeof placeholder === "string" && { placeholder }),
    isOneTime: markup["one_time_keyboard"] === true,
  }
  if (markup["remove_keyboard"] === true) return null
  if (markup["force_reply"] === true) return { rows: [], ...more }
  const rows = markup["keyboard"]
  if (!Array.isArray(rows)) return undefined
  return { rows: rows.map((row) => (Array.isArray(row) ? row.map(textOf) : [])), ...more }
}

function textOf(button: unknown): string {
  const isObject = typeof button === "object" && button !== null && "text" in button
  return String(isObject ? button.text : button)
}

function parsed(json: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(json ?? "")
    // An object is looked at by the names of its fields only.
    return typeof value === "object" ? ((value ?? undefined) as Record<string, unknown>) : undefined
  } catch {
    return undefined
  }
}

function shortened(params: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(params).map(([name, value]) => [name, value.slice(0, maxParameter)]),
  )
}
