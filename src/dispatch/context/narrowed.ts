/**
 * Types derived from an update type `U` that a filter has narrowed: its message, chat and user.
 *
 * @module
 */
import type { MessageType, UpdateType } from "../../telegram/api.js"
import type { Chat, Message, Update, User } from "../../telegram/types.js"

/** An update that is known to be of type `T`. */
export type UpdateOf<T extends UpdateType> = Update & { [K in T]: NonNullable<Update[K]> }

/** An update that is known to be a new text message. */
export type TextUpdate = UpdateOf<"message"> & { message: { text: string } }

/** An update of a type that this version does not know, with its payload under Telegram's name. */
export type NewerUpdate<Name extends string> = Update & {
  readonly [N in Name]: Readonly<Record<string, unknown>>
}

/** An update that is known to be of one of the types `T`. */
export type UpdateOfAny<T extends UpdateType> = T extends UpdateType ? UpdateOf<T> : never

/**
 * The update types whose payload `U` has for certain; `never` if `U` is not narrowed. The type is
 * a mapped type over `U`, because the compiler then compares contexts member by member and accepts a narrowed
 * context as a `Context`.
 */
export type KnownType<U extends Update> = keyof {
  [K in keyof U as undefined extends U[K] ? never : K]: true
} &
  UpdateType

/** The type of `ctx.message`: the message, edited message, channel post, … of an update. */
export type MessageOf<U extends Update> = U extends unknown
  ? [KnownType<U> & MessageType] extends [never]
    ? Message | undefined
    : NonNullable<U[KnownType<U> & MessageType]>
  : never

/** The type of `ctx.updateType`. */
export type TypeOf<U extends Update> = U extends unknown
  ? [KnownType<U>] extends [never]
    ? UpdateType | undefined
    : KnownType<U>
  : never

/** The type of `ctx.chat`. */
export type ChatOf<U extends Update> = U extends unknown
  ? NonNullable<U[KnownType<U>]> extends { chat: infer C }
    ? [KnownType<U>] extends [never]
      ? Chat | undefined
      : C
    : Chat | undefined
  : never

/** The type of `ctx.from`. */
export type UserOf<U extends Update> = U extends unknown
  ? NonNullable<U[KnownType<U>]> extends { from: infer F }
    ? [KnownType<U>] extends [never]
      ? User | undefined
      : F
    : User | undefined
  : never
