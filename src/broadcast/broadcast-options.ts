import type { ApiMethodName, ApiParameters } from "../telegram/api.js"
import type { UnsureRule } from "../telegram/promised-call.js"

/** The methods of a broadcast. */
export type BroadcastMethod = Extract<
  ApiMethodName,
  `send${string}` | `copy${string}` | `forward${string}`
>

/** One call of a broadcast. The broadcast adds the `chat_id`. */
export type BroadcastCall = {
  [Method in BroadcastMethod]: {
    /** The method, as Telegram spells it. */
    readonly method: Method
    /** The parameters, without `chat_id`. */
    readonly params: Omit<NonNullable<ApiParameters<Method>>, "chat_id">
  }
}[BroadcastMethod]

/** A recipient of a broadcast. */
export interface BroadcastRecipient<Data> {
  /** The id of the chat, or the name of a channel. */
  readonly chatId: number | string
  /** The data of the broadcast. */
  readonly data: Data
}

/**
 * The function that returns the call for a recipient, or `undefined` to leave the recipient out. A recipient for
 * which the function throws counts as failed.
 */
export type BroadcastFunction<Data> = (
  recipient: BroadcastRecipient<Data>,
) => BroadcastCall | undefined | Promise<BroadcastCall | undefined>

/** The recipients of a broadcast: ids of chats and names of channels, as a list or a stream. */
export type Recipients =
  | (Iterable<number | string | bigint> & object)
  | AsyncIterable<number | string | bigint>

/** Options of {@link broadcast}. */
export interface BroadcastOptions {
  /**
   * The time for which a broadcast and its report are stored after its last message, in milliseconds. Default: 30
   * days.
   */
  readonly keepMs?: number
}

interface CommonStartOptions {
  /** The recipients. The list or stream is read once. A chat that occurs twice gets one message. */
  readonly to: Recipients
  /**
   * The id, unique among the broadcasts of this name. A start with the id of an existing broadcast returns that
   * broadcast, and reads no recipients. Default: in a handler, the id of its update and, from its second broadcast on,
   * a number; otherwise a random one.
   */
  readonly id?: string | undefined
  /**
   * The rule for a call with an unknown outcome, because the process died or the connection broke before Telegram's
   * answer: `"repeat"` makes the call again, so that the chat may get the message twice; `"skip"` makes no further
   * call. Default: `"repeat"`.
   */
  readonly unsure?: UnsureRule | undefined
  /**
   * Whether the report also has the recipients that got the message, with the ids of their messages, by which the
   * program can edit or delete these messages. Default: false.
   */
  readonly messageIds?: boolean | undefined
  /**
   * An abort ends the reading of the recipients: nothing is sent, and the start rejects with the signal's reason.
   */
  readonly signal?: AbortSignal | undefined
}

/** Options of the start of a broadcast. The data are optional if the broadcast has none. */
export type StartBroadcastOptions<Data> = undefined extends Data
  ? CommonStartOptions & { readonly data?: Data }
  : CommonStartOptions & { readonly data: Data }
