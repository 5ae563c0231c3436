/**
 * The chat and the message of an update, as parameters of a call.
 *
 * Messages of a connected business account need a `business_connection_id`: their chat id is that of the
 * customer, and their message id belongs to the business account. Without the connection, the two ids name
 * another message, in the bot's own chat with the customer. Methods without that parameter are therefore
 * refused for such updates.
 *
 * @module
 */
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateMessage } from "../../telegram/update-facts.js"

/** The parameters that send a message to the chat, topic and business connection of an update. */
export interface SendTarget {
  readonly chat_id: number
  readonly business_connection_id?: string
  readonly message_thread_id?: number
  readonly direct_messages_topic_id?: number
}

/** The parameters that name a message of a chat. */
export interface ChatMessageTarget {
  readonly chat_id: number
  readonly message_id: number
  readonly business_connection_id?: string
}

/** The parameters that name a message that was sent through the bot in inline mode. */
export interface InlineMessageTarget {
  readonly inline_message_id: string
}

/**
 * Returns the parameters that send a message in answer to an update.
 *
 * @param caller the method of `ctx`, named in error messages
 * @param method the method of the Bot API that is called
 * @throws TypeError if the update has no chat, or the method does not support its business connection
 */
export function sendTargetOf(caller: string, method: ApiMethodName, update: Update): SendTarget {
  if (update.guest_message) throw missingTarget(caller, update, "a chat to write to", guestAdvice)
  const chat_id = chatIdOf(update)
  if (chat_id === undefined) throw missingTarget(caller, update, "a chat")
  const connection = connectionOf(update)
  if (connection !== undefined && Object.hasOwn(withoutConnection, method)) {
    throw unsupportedConnection(caller, method)
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

/**
 * Returns the message of an update: the one it brought, or the one that a button or a reaction belongs to.
 *
 * @throws TypeError if the update has no message of a chat
 */
export function chatMessageOf(caller: string, update: Update): ChatMessageTarget {
  if (update.guest_message)
    throw missingTarget(caller, update, "a message of the bot's chats", guestAdvice)
  const message =
    updateMessage(update) ??
    update.callback_query?.message ??
    update.message_reaction ??
    update.message_reaction_count
  if (!message)
    throw missingTarget(caller, update, "a message of a chat", chosenResultAdvice(update))
  const connection = connectionOf(update)
  return {
    chat_id: message.chat.id,
    message_id: message.message_id,
    ...(connection !== undefined && { business_connection_id: connection }),
  }
}

/**
 * Returns the message of an update, for a method without the parameter `business_connection_id`.
 *
 * @throws TypeError if the update has no message, or one of a business account
 */
export function ownMessageOf(
  caller: string,
  method: ApiMethodName,
  update: Update,
): Omit<ChatMessageTarget, "business_connection_id"> {
  const { business_connection_id: connection, ...target } = chatMessageOf(caller, update)
  if (connection !== undefined) throw unsupportedConnection(caller, method)
  return target
}

/**
 * Returns the message of an update, which may be one of a chat or one sent in inline mode.
 *
 * @throws TypeError if the update has neither
 */
export function anyMessageOf(
  caller: string,
  update: Update,
): ChatMessageTarget | InlineMessageTarget {
  const id =
    update.callback_query?.inline_message_id ?? update.chosen_inline_result?.inline_message_id
  return id === undefined ? chatMessageOf(caller, update) : { inline_message_id: id }
}

/**
 * Returns the id of an update's chat, for a method without the parameter `business_connection_id`.
 *
 * @throws TypeError if the update has no chat, or one of a business account
 */
export function ownChatOf(caller: string, method: ApiMethodName, update: Update): number {
  const chat = updateChat(update)
  if (!chat) throw missingTarget(caller, update, "a chat")
  if (connectionOf(update) !== undefined) throw unsupportedConnection(caller, method)
  return chat.id
}

/** The parameters of the caller that name a target. */
interface GivenTarget {
  readonly chat_id?: unknown
  readonly inline_message_id?: unknown
}

/**
 * Returns the parameters of the caller, completed by the target of the update. If the caller names another
 * chat or an inline message, nothing is added: the update's thread, message id and business connection are
 * invalid in another chat.
 *
 * @param targetOf returns the target of the update; not called if nothing is added
 */
export function fillIn<P extends object, T extends object>(
  update: Update,
  params: P | undefined,
  targetOf: () => T,
): P & T {
  const { chat_id, inline_message_id }: GivenTarget = params ?? {}
  const isOtherChat =
    inline_message_id !== undefined ||
    (chat_id !== undefined && String(chat_id) !== String(chatIdOf(update)))
  // The result lacks the members of T for another chat: the caller must then pass them.
  return { ...(isOtherChat ? {} : targetOf()), ...params } as P & T
}

/** Returns the error of a method of `ctx` that needs a target which the update does not have. */
export function missingTarget(
  caller: string,
  update: Update,
  target: string,
  advice = "",
): TypeError {
  const type = Object.keys(update).find((key) => key !== "update_id") ?? "of no type"
  return new TypeError(
    `ctx.${caller}() needs ${target}, which this update (${type}) does not have${advice}.`,
  )
}

type SendMethod = Extract<ApiMethodName, `send${string}`>

/** The `send…` methods without the parameter `business_connection_id`. The type requires all of them. */
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

function chosenResultAdvice({ chosen_inline_result: chosen }: Update): string {
  return chosen
    ? ": Telegram sends an inline_message_id only if the result has an inline keyboard"
    : ""
}

function unsupportedConnection(caller: string, method: ApiMethodName): TypeError {
  return new TypeError(
    `ctx.${caller}() cannot be used in a chat of a business account: ${method} has no ` +
      "business_connection_id, and in the bot's own chats the same ids name another chat or message.",
  )
}

/**
 * Returns the chat to write to. For a business connection or a join request, it is the user's private
 * chat.
 */
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
  // In a group without topics, the thread id names a thread of replies, which is no target for messages.
  if (message && "is_topic_message" in message && message.is_topic_message) {
    return message.message_thread_id
  }
  return update.stopped_message_generation?.message_thread_id
}
