/**
 * The chat and the message that an update concerns, as parameters of a call. A message of a business
 * account has the customer's chat id and a message id of that account: without the connection the two
 * would name another message, in the bot's own chat with the customer. A method that takes no
 * connection is therefore refused.
 *
 * @module
 */
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateMessage } from "../../telegram/update-facts.js"

/** Where a message goes so that it lands where the update came from. */
export interface Place {
  readonly chat_id: number
  readonly business_connection_id?: string
  readonly message_thread_id?: number
  readonly direct_messages_topic_id?: number
}

/** A message of a chat. */
export interface ChatMessageTarget {
  readonly chat_id: number
  readonly message_id: number
  readonly business_connection_id?: string
}

/** A message that was sent through the bot in inline mode. */
export interface InlineMessageTarget {
  readonly inline_message_id: string
}

/**
 * Returns where an answer to an update goes.
 *
 * @param caller the name of the method of `ctx`, for an error
 * @param method the method of the Bot API that is to be called
 * @throws TypeError where the update has no chat, or the method would reach another one
 */
export function placeOf(caller: string, method: ApiMethodName, update: Update): Place {
  if (update.guest_message) throw missing(caller, update, "a chat to write to", guestAdvice)
  const chat_id = chatIdOf(update)
  if (chat_id === undefined) throw missing(caller, update, "a chat")
  const connection = connectionOf(update)
  if (connection !== undefined && Object.hasOwn(withoutConnection, method)) {
    throw ofOwnChats(caller, method)
  }
  const message = updateMessage(update) ?? update.callback_query?.message
  const { topic_id } =
    (message && "direct_messages_topic" in message && message.direct_messages_topic) || {}
  const thread = threadOf(update)
  return {
    chat_id,
    ...(connection !== undefined && { business_connection_id: connection }),
    ...(thread !== undefined && { message_thread_id: thread }),
    ...(topic_id !== undefined && { direct_messages_topic_id: topic_id }),
  }
}

/** Returns the message that an update is about, in its chat. */
export function chatMessageOf(caller: string, update: Update): ChatMessageTarget {
  if (update.guest_message)
    throw missing(caller, update, "a message of the bot's chats", guestAdvice)
  const message =
    updateMessage(update) ??
    update.callback_query?.message ??
    update.message_reaction ??
    update.message_reaction_count
  if (!message) throw missing(caller, update, "a message of a chat", chosenAdvice(update))
  const connection = connectionOf(update)
  return {
    chat_id: message.chat.id,
    message_id: message.message_id,
    ...(connection !== undefined && { business_connection_id: connection }),
  }
}

/** Returns the message that an update is about, for a method that knows no business connection. */
export function ownMessageOf(
  caller: string,
  method: ApiMethodName,
  update: Update,
): Omit<ChatMessageTarget, "business_connection_id"> {
  const { business_connection_id: connection, ...target } = chatMessageOf(caller, update)
  if (connection !== undefined) throw ofOwnChats(caller, method)
  return target
}

/** Returns the message that an update is about, be it one of a chat or one sent in inline mode. */
export function anyMessageOf(
  caller: string,
  update: Update,
): ChatMessageTarget | InlineMessageTarget {
  const id =
    update.callback_query?.inline_message_id ?? update.chosen_inline_result?.inline_message_id
  return id === undefined ? chatMessageOf(caller, update) : { inline_message_id: id }
}

/** Returns the chat that an update came from, for a method that concerns the whole chat. */
export function ownChatOf(caller: string, method: ApiMethodName, update: Update): number {
  const chat = updateChat(update)
  if (!chat) throw missing(caller, update, "a chat")
  if (connectionOf(update) !== undefined) throw ofOwnChats(caller, method)
  return chat.id
}

/** The parts of a target that the caller has given. */
interface GivenTarget {
  readonly chat_id?: unknown
  readonly inline_message_id?: unknown
}

/**
 * Returns the given parameters together with the target that the update has. Parameters that name another
 * chat or an inline message get no target: a thread, a message id or a business connection belongs to its
 * own chat only.
 *
 * @param find finds the target of the update
 */
export function fillIn<P extends object, T extends object>(
  update: Update,
  given: P | undefined,
  find: () => T,
): P & T {
  const { chat_id, inline_message_id }: GivenTarget = given ?? {}
  const isElsewhere =
    inline_message_id !== undefined ||
    (chat_id !== undefined && String(chat_id) !== String(chatIdOf(update)))
  // A caller that names another chat has to name all of it.
  return { ...(isElsewhere ? {} : find()), ...given } as P & T
}

/** Returns the error of a method whose update has no such target. */
export function missing(caller: string, update: Update, what: string, advice = ""): TypeError {
  const type = Object.keys(update).find((key) => key !== "update_id") ?? "of no type"
  return new TypeError(
    `ctx.${caller}() needs ${what}, which this update (${type}) does not have${advice}.`,
  )
}

type SendMethod = Extract<ApiMethodName, `send${string}`>

/** The sending methods that no business connection can be given to; the compiler keeps it complete. */
const withoutConnection: Readonly<
  Record<
    {
      [M in SendMethod]: "business_connection_id" extends keyof ApiParameters<M> ? never : M
    }[SendMethod],
    true
  >
> = {
  sendChatJoinRequestWebApp: true,
  sendGift: true,
  sendInvoice: true,
  sendMessageDraft: true,
  sendRichMessageDraft: true,
}

const guestAdvice = ": answer a guest with ctx.answer()"

function chosenAdvice({ chosen_inline_result: chosen }: Update): string {
  return chosen
    ? ": Telegram gives an inline_message_id only where the result has an inline keyboard"
    : ""
}

function ofOwnChats(caller: string, method: ApiMethodName): TypeError {
  return new TypeError(
    `ctx.${caller}() cannot be used in a chat of a business account: ${method} knows the bot's own ` +
      "chats only, in which the same ids mean another chat or message.",
  )
}

/** A connection and a request to join are answered in the bot's own chat with the person. */
function chatIdOf(update: Update): number | undefined {
  const { business_connection: connection, chat_join_request: request } = update
  return (connection ?? request)?.user_chat_id ?? updateChat(update)?.id
}

function connectionOf(update: Update): string | undefined {
  const pressed = update.callback_query?.message
  return (
    updateMessage(update)?.business_connection_id ??
    update.deleted_business_messages?.business_connection_id ??
    (pressed && "business_connection_id" in pressed ? pressed.business_connection_id : undefined)
  )
}

function threadOf(update: Update): number | undefined {
  const message = updateMessage(update) ?? update.callback_query?.message
  // In a group without topics the thread is one of replies, which nothing can be sent to.
  if (message && "is_topic_message" in message && message.is_topic_message) {
    return message.message_thread_id
  }
  return update.stopped_message_generation?.message_thread_id
}
