/**
 * The types of an update, its message, chat and user, as far as a filter has narrowed them.
 *
 * @module
 */
import type { MessageType, UpdateType } from "../../telegram/api.js"
import type { Chat, Message, Update, User } from "../../telegram/types.js"

/** An update that is known to be of type `T`. */
export type UpdateOf<T extends UpdateType> = Update & { [K in T]: NonNullable<Update[K]> }

/** An update that is known to be of one of the types `T`. */
export type UpdateOfAny<T extends UpdateType> = T extends UpdateType ? UpdateOf<T> : never

/**
 * The types that an update is known to be of; `never` while nothing is known. As a mapped type over
 * `U` it makes the compiler compare contexts by their members: a narrowed one is then a `Context`.
 */
export type KnownType<U extends Update> = keyof {
  [K in keyof U as undefined extends U[K] ? never : K]: true
} &
  UpdateType

/** The effective message of an update: its message, edited message, channel post, … */
export type MessageOf<U extends Update> = U extends unknown
  ? [KnownType<U> & MessageType] extends [never]
    ? Message | undefined
    : NonNullable<U[KnownType<U> & MessageType]>
  : never

/** The type of an update. */
export type TypeOf<U extends Update> = U extends unknown
  ? [KnownType<U>] extends [never]
    ? UpdateType | undefined
    : KnownType<U>
  : never

/** The chat of an update. */
export type ChatOf<U extends Update> = U extends unknown
  ? NonNullable<U[KnownType<U>]> extends { chat: infer C }
    ? [KnownType<U>] extends [never]
      ? Chat | undefined
      : C
    : Chat | undefined
  : never

/** The user of an update. */
export type UserOf<U extends Update> = U extends unknown
  ? NonNullable<U[KnownType<U>]> extends { from: infer F }
    ? [KnownType<U>] extends [never]
      ? User | undefined
      : F
    : User | undefined
  : never
