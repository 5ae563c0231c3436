import type { Context } from "../dispatch/context/context.js"
import type { StatePlace } from "../dispatch/context/update-state.js"
import type { Deriver } from "../dispatch/handlers/derivation.js"
import { isDevelopment } from "../ground/development.js"
import {
  expectDurationMs,
  expectOptionsObject,
  expectText,
  unexpectedOption,
  type OptionNames,
} from "../ground/expect-option.js"
import type { UpdateQueue } from "../queue/update-queue.js"
import { findPlace } from "./find-place.js"
import { FencedValues } from "./fenced-values.js"
import { LoadedSession } from "./loaded-session.js"
import { QueueEntry } from "./queue-entry.js"
import { SessionAt } from "./session-at.js"
import { SessionMember } from "./session-member.js"
import {
  expectSessionKey,
  isGuardedByLane,
  type SessionKey,
  type SessionPlace,
} from "./session-key.js"
import type { SessionEntry } from "./session-entry.js"
import { expectStore, type SessionStore } from "./session-store.js"
import { StoreEntry } from "./store-entry.js"
import { sessionWithoutKey, unguardedSession } from "./unavailable-session.js"
import { DataCodec, type Migrations } from "./data-codec.js"

/** The options of {@link session}. */
export interface SessionOptions<Data extends object> {
  /** Returns the initial data of a chat or user. Data equal to the initial data are not stored. */
  readonly initial: () => Data
  /** The updates that share data. Default: `"chat"`. */
  readonly key?: SessionKey
  /**
   * The time after which unused data are deleted, in milliseconds. A change of the data restarts the
   * time; a use without a change restarts it only after half of the time. Default: never.
   */
  readonly ttlMs?: number
  /** The version of the data's structure: an integer of at least 1. Default: 1. */
  readonly version?: number
  /**
   * Functions that convert stored data to the next version, each under the version of its input. If a
   * function throws, the update is set aside, and the stored data stay unchanged.
   */
  readonly migrate?: Migrations
  /**
   * A store for the data, such as a `Keyv`. The store cannot commit the data together with the end of the
   * update. The data are therefore stored right before the end, together with the id of the update: after a
   * crash between the two, the repeated update is given the previous data. Default: the state of the queue.
   */
  readonly store?: SessionStore
}

const optionNames: OptionNames<SessionOptions<object>> = {
  initial: true,
  key: true,
  ttlMs: true,
  version: true,
  migrate: true,
  store: true,
}

/**
 * A session, for `derive`: the handlers of the derived router have the data on their context, under the
 * session's name.
 */
export interface Session<Name extends string, Data extends object> extends Required<
  Omit<Deriver<{ [N in Name]: Data }>, "afterFailure">
> {
  /** The name. */
  readonly name: Name
  /** The store of the data; `undefined` for the state of the queue. */
  readonly store: SessionStore | undefined
  /** Returns the data of a place, for access outside of handlers. */
  at(queue: UpdateQueue, place: SessionPlace): SessionAt<Data>
}

/**
 * Defines a session: data that are stored between updates. The data are read once for each update whose
 * handlers use them, and committed with the end of the update. Changes by a handler that throws are
 * discarded.
 *
 * @param name the name of the data on the context, and of their place in the queue's state or the store
 * @throws TypeError for a wrong option
 * @example
 * ```ts
 * import { Updater } from "sounder"
 * import { session } from "sounder/session"
 *
 * const { dispatcher } = new Updater({ token: process.env.BOT_TOKEN ?? "1:a" })
 * const cart = session("cart", { initial: () => ({ items: [] as string[] }) })
 *
 * const shop = dispatcher.derive(cart)
 * shop.command("add", (ctx) => {
 *   ctx.cart.items.push(ctx.argument)
 *   return ctx.reply(`${ctx.cart.items.length} in your cart.`)
 * })
 * ```
 * @see docs/guides/session.md
 */
export function session<Name extends string, Data extends object>(
  name: Name,
  options: SessionOptions<Data>,
): Session<Name, Data> {
  expectText("name", name)
  expectOptionsObject(options, `session(${JSON.stringify(name)}, { initial })`, optionNames)
  const { initial, ttlMs = Infinity, version = 1, migrate = {} } = options
  if (typeof initial !== "function") unexpectedOption("initial", "a function", initial)
  const key = expectSessionKey(options.key ?? "chat")
  const codec = new DataCodec<Data>(name, version, migrate)
  const values =
    options.store === undefined ? undefined : FencedValues.of(expectStore(options.store))
  const form = {
    ...{ name, initial, codec, space: values ? name : `session ${name}` },
    ttlMs: expectDurationMs("ttlMs", ttlMs),
    // Read once, because Node looks up each variable of the environment in the process.
    isWatched: isDevelopment(),
  }
  const member = new SessionMember<Data>(name)
  return {
    name,
    store: options.store,
    derive(ctx) {
      const place = findPlace(ctx, key, form.space)
      const derived =
        place instanceof Promise
          ? place.then((found) => memberAt(ctx, found))
          : memberAt(ctx, place)
      // The object has one member with the name of the session.
      return derived as { [N in Name]: Data } | Promise<{ [N in Name]: Data }>
    },
    beforeDone(_ctx, derived) {
      member.loadedOf(derived)?.save()
    },
    at: (queue, place) => new SessionAt({ form, key, values }, queue, place),
  }

  function memberAt(ctx: Context, place: StatePlace | undefined): object | Promise<object> {
    if (!place) return sessionWithoutKey(name, key)
    const { state } = ctx
    const isRefused = values && state.isShared && !isGuardedByLane(key, ctx, state.lane)
    if (isRefused) return unguardedSession(name, key)
    const entry = values
      ? StoreEntry.read(values, ctx, { botId: ctx.bot.id, ...place })
      : QueueEntry.read(state, place)
    return entry instanceof Promise ? entry.then(memberOf) : memberOf(entry)
  }

  function memberOf(entry: SessionEntry): object {
    return member.valuesOf(new LoadedSession(form, entry))
  }
}

/** Returns a session of the data of each user, in all chats: python-telegram-bot's `user_data`. */
export function userData<Data extends object>(
  options: Omit<SessionOptions<Data>, "key">,
): Session<"userData", Data> {
  return session("userData", { ...options, key: "user" })
}

/** Returns a session of the data of each chat: python-telegram-bot's `chat_data`. */
export function chatData<Data extends object>(
  options: Omit<SessionOptions<Data>, "key">,
): Session<"chatData", Data> {
  return session("chatData", { ...options, key: "chat" })
}

/** Returns a session of the data of the whole bot: python-telegram-bot's `bot_data`. */
export function botData<Data extends object>(
  options: Omit<SessionOptions<Data>, "key">,
): Session<"botData", Data> {
  return session("botData", { ...options, key: "bot" })
}
