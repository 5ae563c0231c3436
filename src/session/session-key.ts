import type { Context } from "../dispatch/context/context.js"
import { targetOf, threadOf } from "../dispatch/context/message-target.js"
import { unexpectedOption } from "../ground/expect-option.js"

/**
 * The updates that share data: the updates of a chat, of a user in all chats, of a user in one chat, of a
 * topic, all updates of the bot, or the updates for which the function returns the same string.
 */
export type SessionKey =
  | "chat"
  | "user"
  | "chat-user"
  | "topic"
  | "bot"
  | ((ctx: Context) => string | undefined)

/** The place of a session's data, for access outside of a handler. */
export interface SessionPlace {
  /** The id of the bot. */
  readonly botId: number
  /** The id of the chat, for the keys `"chat"`, `"chat-user"` and `"topic"`. */
  readonly chatId?: number
  /**
   * The id of the business connection, for a chat of a business account. Default: none; a chat of the bot itself.
   */
  readonly businessConnectionId?: string
  /** The id of the user, for the keys `"user"` and `"chat-user"`. */
  readonly userId?: number
  /** The id of the topic, for the key `"topic"` and the answers in it. Default: none; the general topic. */
  readonly threadId?: number
  /** The text of the key, for a key that is a function. */
  readonly key?: string
}

/** The ids from which a key is made. */
interface Ids {
  readonly chat: number | undefined
  readonly connection: string | undefined
  readonly user: number | undefined
  readonly thread: number | undefined
}

/**
 * Checks an option with a key and returns its value. Throws a `TypeError` for any other value.
 *
 * @param others the texts of further values that the option may have, for the error
 */
export function expectSessionKey(
  key: unknown,
  name = "key",
  others: readonly string[] = [],
): SessionKey {
  switch (key) {
    case "chat":
    case "user":
    case "chat-user":
    case "topic":
    case "bot":
      return key
    default:
      // The function's result is checked each time it is called.
      if (typeof key === "function") return key as (ctx: Context) => string | undefined
      return unexpectedOption(
        name,
        `${['"chat", "user", "chat-user", "topic", "bot"', ...others].join(", ")} or a function`,
        key,
      )
  }
}

/** Returns the text of the key of an update; `undefined` if the update has no such chat or user. */
export function keyOfContext(
  key: SessionKey,
  ctx: Context,
  chat: number | undefined,
): string | undefined {
  if (typeof key === "function") return expectKeyText(key(ctx))
  const { business_connection_id: connection } = targetOf(ctx.update)
  return keyText(key, { chat, connection, user: ctx.from?.id, thread: threadOf(ctx.update) })
}

/**
 * Returns whether the updates that share the data of an update are all in the lane of the update, so that they
 * are handled one after the other, on several machines, too.
 */
export function isGuardedByLane(key: SessionKey, { chat }: Context, lane: string): boolean {
  const isOfChat = key === "chat" || key === "chat-user" || key === "topic"
  return isOfChat && chat !== undefined && lane === `${chat.id}`
}

/**
 * Returns the text of the key of a place.
 *
 * @throws TypeError if the place lacks an id that the key needs, or has an id that is not an integer
 */
export function keyOfPlace(key: SessionKey, place: SessionPlace): string {
  if (typeof place !== "object" || place === null) {
    unexpectedOption("place", "an object with the ids of the key", place)
  }
  const { chatId: chat, businessConnectionId: connection, userId: user, threadId: thread } = place
  for (const [name, id] of Object.entries({ chatId: chat, userId: user, threadId: thread })) {
    if (id !== undefined && !Number.isSafeInteger(id)) unexpectedOption(name, "an integer", id)
  }
  const ids = { chat, connection, user, thread }
  const text = typeof key === "function" ? place.key : keyText(key, ids)
  if (typeof text === "string") return text
  const needed = {
    chat: "chatId",
    topic: "chatId",
    user: "userId",
    "chat-user": "chatId and userId",
  }
  const names = typeof key === "function" || key === "bot" ? "key" : needed[key]
  throw new TypeError(`Expected a place with ${names}, of which its key is made.`)
}

function keyText(
  key: Exclude<SessionKey, Function>,
  { chat: id, connection, user, thread }: Ids,
): string | undefined {
  if (key === "bot") return ""
  if (key === "user") return user === undefined ? undefined : `${user}`
  if (id === undefined) return undefined
  // A customer has the same id in a chat of a business account and in the bot's own chat.
  const chat = connection === undefined ? `${id}` : `business:${connection}:${id}`
  if (key === "chat") return chat
  if (key === "topic") return thread === undefined ? chat : `${chat}:${thread}`
  return user === undefined ? undefined : `${chat}:${user}`
}

function expectKeyText(text: unknown): string | undefined {
  if (text === undefined || typeof text === "string") return text
  return unexpectedOption("key", "a function that returns a string or undefined", text)
}
