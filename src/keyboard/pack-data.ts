import type { Bot } from "../bot/index.js"
import type { Context } from "../dispatch/context/context.js"
import { expiryOf } from "../ground/expiry-of.js"
import { byteLength, maxDataBytes } from "./button-text.js"
import type { DataForm } from "./data-form.js"
import { randomKey, signatureOf } from "./data-key.js"

/**
 * The origin of the presses that signed data accept: the chat of the button (or the user, in a context without a
 * chat), or one user.
 */
export type Binding = "chat" | "user"

/** The definition of callback data. */
export interface DataDefinition<Data> {
  readonly prefix: string
  /** The text that no other definition may have or begin with. Default: the prefix. */
  readonly claim?: string
  readonly form: Pick<DataForm<Data>, "unpack">
  /** The origin of the presses that are accepted; `undefined` for any. */
  readonly signed: Binding | undefined
  /** Returns the key under which texts are stored. Default: a random one. */
  readonly keyOf?: (bot: Bot, texts: readonly string[]) => string
}

/** The ids to which signed data are bound. */
interface Origin {
  readonly chat: number | undefined
  readonly user: number | undefined
}

/** The bot, chat and user for which data are packed, and the store for data that do not fit into a button. */
export interface PackPlace extends Origin {
  readonly bot: Bot
  /** Stores data under a key. */
  readonly store: (key: string, value: StoredValue) => void
}

/** Data that do not fit into a button, as they are stored. */
export interface StoredValue {
  readonly prefix: string
  /** The packed data. */
  readonly packed: string
  /** The id of the chat or user to which the data are bound. */
  readonly bound?: string
}

/** The namespace of stored data. */
export const dataSpace = "callback-data"

/** The character in front of the key of stored data. */
export const keyMark = "*"

/** Returns the data of a button: the packed data, or the key under which they are stored. */
export function packAt(
  {
    prefix,
    signed,
    keyOf = randomKey,
  }: Pick<DataDefinition<unknown>, "prefix" | "signed" | "keyOf">,
  packed: string,
  place: PackPlace,
): string {
  const bound = signed && expectBound(signed, place)
  const texts = [prefix, packed]
  const signature = bound === undefined ? "" : signatureOf(place.bot, [bound, ...texts])
  const whole = `${prefix}:${signature}${packed}`
  if (byteLength(whole) <= maxDataBytes) return whole
  const key = keyOf(place.bot, [bound ?? "", ...texts])
  place.store(key, { prefix, packed, ...(bound !== undefined && { bound }) })
  return `${prefix}:${keyMark}${key}`
}

/** Returns the place of a handler, whose data are stored with the end of its update. */
export function packPlaceOf(ctx: Context, ttlMs: number): PackPlace {
  const store = (key: string, value: StoredValue) =>
    ctx.state.set(dataSpace, key, value, { expiresAt: expiryOf(ttlMs, Date.now()) })
  return { bot: ctx.bot, chat: ctx.chat?.id, user: ctx.from?.id, store }
}

function expectBound(signed: Binding, { chat, user }: Origin): string {
  const id = signed === "chat" ? (chat ?? user) : user
  if (id !== undefined) return String(id)
  throw new TypeError(
    `Expected a place with a ${signed}, to which signed callback data are bound, got none.`,
  )
}
