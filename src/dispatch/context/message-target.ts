/**
 * The chat and the message of an update, as parameters of a call.
 *
 * Messages of a connected business account need a `business_connection_id`: their chat id is that of the
 * customer, and their message id belongs to the business account. Without the connection, the two ids name
 * another message, in the bot's own chat with the customer. Methods without that parameter are therefore
 * refused for such updates.
 *
 * Ephemeral messages have the message id 0 and methods of their own. An answer to one is ephemeral, too;
 * methods that cannot be used on such a message, or that would show the answer to everybody, are refused.
 *
 * @module
 */
import { callerError } from "../../ground/call-place.js"
import type { ApiMethodName, ApiParameters } from "../../telegram/api.js"
import type { Update, User } from "../../telegram/types.js"
import { type OwnTarget, ownContent } from "../../telegram/own-update.js"
import { updateChat, updateMessage, updateUser } from "../../telegram/update-facts.js"
import {
  type EphemeralAnswer,
  ephemeralAnswerTo,
  ephemeralMessageOf,
  type EphemeralMessageTarget,
} from "./ephemeral-message.js"

/**
 * The parameters that send a message to the chat, topic and business connection of an update; for an
 * ephemeral message, to the person who sees it.
 */
export interface SendTarget extends OwnTarget, Partial<EphemeralAnswer> {
  readonly chat_id: number
}

/** The parameters that send a message to one person. */
export type PersonalTarget =
  | SendTarget
  | { readonly ephemeral_message_parameters: { readonly callback_query_id: string } }

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
 * @throws TypeError if the update has no chat, or the method does not support its business connection or
 *   cannot answer an ephemeral message
 */
export function sendTargetOf(caller: string, method: ApiMethodName, update: Update): SendTarget {
  if (update.guest_message) throw missingTarget(caller, update, "a chat to write to", guestAdvice)
  const chat_id = chatIdOf(update)
  if (chat_id === undefined) throw missingTarget(caller, update, "a chat", pressAdvice(update))
  const connection = connectionOf(update)
  if (connection !== undefined && Object.hasOwn(withoutConnection, method)) {
    throw unsupportedConnection(caller, method)
  }
  return { chat_id, ...targetOf(update), ...ephemeralPart(caller, method, update) }
}

/** Returns the parameters that keep the answer to an ephemeral message from everybody else. */
function ephemeralPart(
  caller: string,
  method: ApiMethodName,
  update: Update,
): Partial<EphemeralAnswer> {
  // A chat action shows no content, and has no ephemeral form.
  if (method === "sendChatAction" || !ephemeralMessageOf(update)) return {}
  if (Object.hasOwn(withoutEphemeral, method)) throw shownToEverybody(caller, method)
  return ephemeralAnswerTo(personOf(caller, update), update)
}

/**
 * Returns the parameters that send a message which only the person who caused the update sees: an ephemeral
 * message, or an ordinary message to a private chat. A press that names no chat is enough for Telegram to find
 * the chat and the person.
 *
 * @throws TypeError if the update has no chat, or Telegram does not name the person
 */
export function personalTargetOf(caller: string, update: Update): PersonalTarget {
  const press = update.callback_query
  if (press?.inline_message_id !== undefined) {
    return { ephemeral_message_parameters: { callback_query_id: press.id } }
  }
  const target = sendTargetOf(caller, "sendMessage", update)
  const isPrivate = target.chat_id > 0
  return isPrivate ? target : { ...target, ...ephemeralAnswerTo(personOf(caller, update), update) }
}

/** Returns the person who caused an update, but not Telegram's placeholder for an anonymous sender. */
function personOf(caller: string, update: Update): User {
  const isAnonymous = updateMessage(update)?.sender_chat !== undefined
  const person = isAnonymous ? undefined : updateUser(update)
  if (!person) throw missingTarget(caller, update, "a person to write to")
  return person
}

/** Returns the topic and the business connection of an update. */
export function targetOf(update: Update): OwnTarget {
  const connection = connectionOf(update)
  const thread = threadOf(update)
  const direct = directTopicOf(update)
  return {
    ...(connection !== undefined && { business_connection_id: connection }),
    ...(thread !== undefined && { message_thread_id: thread }),
    ...(direct !== undefined && { direct_messages_topic_id: direct }),
  }
}

/**
 * Returns the message that an update brought, or the message of its button or reaction.
 *
 * @throws TypeError if the update has no message of a chat, or an ephemeral one
 */
export function chatMessageOf(caller: string, update: Update): ChatMessageTarget {
  if (update.guest_message)
    throw missingTarget(caller, update, "a message of the bot's chats", guestAdvice)
  const message =
    updateMessage(update) ??
    update.callback_query?.message ??
    update.message_reaction ??
    update.message_reaction_count ??
    widgetMessageOf(update)
  if (!message)
    throw missingTarget(caller, update, "a message of a chat", chosenResultAdvice(update))
  if (message.message_id === 0) throw messageWithoutId(caller, update)
  const connection = connectionOf(update)
  return {
    chat_id: message.chat.id,
    message_id: message.message_id,
    ...(connection !== undefined && { business_connection_id: connection }),
  }
}

/** Returns the message with the widget that has sent a query; `undefined` for an inline message. */
function widgetMessageOf({ widget_query: query }: Update) {
  const { chat, message_id } = query ?? {}
  return chat && message_id !== undefined ? { chat, message_id } : undefined
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
 * Returns the message of an update, which may be a message of a chat or a message sent in inline mode.
 *
 * @throws TypeError if the update has neither
 */
export function anyMessageOf(
  caller: string,
  update: Update,
): ChatMessageTarget | InlineMessageTarget {
  const { callback_query, chosen_inline_result, widget_query } = update
  const id = (callback_query ?? chosen_inline_result ?? widget_query)?.inline_message_id
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
  readonly message_id?: unknown
  readonly inline_message_id?: unknown
  readonly reply_parameters?: { readonly message_id?: unknown } | undefined
}

/**
 * Returns the update's ephemeral message. Returns `undefined` if it has none, or if the parameters of the
 * caller name another message.
 */
export function ephemeralTargetOf(
  update: Update,
  params: GivenTarget = {},
): EphemeralMessageTarget | undefined {
  const isOther = isOtherChat(update, params) || isMessageId(params.message_id)
  return isOther ? undefined : ephemeralMessageOf(update)
}

/** Returns the update's ephemeral message. Throws a `TypeError` if it has none. */
export function expectEphemeral(caller: string, update: Update): EphemeralMessageTarget {
  const target = ephemeralMessageOf(update)
  if (!target) throw missingTarget(caller, update, "an ephemeral message")
  return target
}

/** Returns whether a value names a message. Ephemeral messages all have the id 0, which names none. */
function isMessageId(value: unknown): boolean {
  return value !== undefined && value !== 0
}

function isOtherChat(update: Update, { chat_id, inline_message_id }: GivenTarget): boolean {
  return (
    inline_message_id !== undefined ||
    (chat_id !== undefined && String(chat_id) !== String(chatIdOf(update)))
  )
}

/**
 * Returns the parameters of the caller, completed by the target of the update. If the caller names another
 * chat or an inline message, nothing is added: the update's thread, message id and business connection are
 * invalid in another chat. A reply to the update's ephemeral message refers to its `ephemeral_message_id`,
 * not to the message id 0.
 *
 * @param targetOf returns the target of the update; not called if nothing is added
 */
export function fillIn<P extends object, T extends object>(
  update: Update,
  params: P | undefined,
  targetOf: () => T,
): P & T {
  const given: GivenTarget = params ?? {}
  const target = isOtherChat(update, given) ? {} : targetIn(update, given, targetOf)
  const isReplyToZero = given.reply_parameters?.message_id === 0 && "reply_parameters" in target
  // The result lacks the members of T for another chat: the caller must then pass them.
  return {
    ...target,
    ...params,
    ...(isReplyToZero && { reply_parameters: target.reply_parameters }),
  } as P & T
}

/** Returns the target of an update; only the chat if the caller names a message in place of an ephemeral one. */
function targetIn<T extends object>(
  update: Update,
  { message_id }: GivenTarget,
  targetOf: () => T,
): T | { readonly chat_id: number } {
  const ephemeral = isMessageId(message_id) ? ephemeralMessageOf(update) : undefined
  return ephemeral ? { chat_id: ephemeral.chat_id } : targetOf()
}

/** Returns the error of a method of `ctx` that needs a target which the update does not have. */
export function missingTarget(
  caller: string,
  update: Update,
  target: string,
  advice = "",
): TypeError {
  const type = Object.keys(update).find((key) => key !== "update_id") ?? "of no type"
  return callerError(
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
  sendSharedWidget: true,
  sendWidget: true,
}

/** The `send…` methods of messages that everybody in the chat sees. The type requires all of them. */
const withoutEphemeral: Readonly<
  Record<
    {
      [M in SendMethod]: "ephemeral_message_parameters" extends keyof ApiParameters<M> ? never : M
    }[Exclude<SendMethod, "sendChatAction">],
    true
  >
> = {
  sendChatJoinRequestWebApp: true,
  sendChecklist: true,
  sendDice: true,
  sendGame: true,
  sendGift: true,
  sendInvoice: true,
  sendMediaGroup: true,
  sendMessageDraft: true,
  sendPaidMedia: true,
  sendPoll: true,
  sendRichMessageDraft: true,
  sendSharedWidget: true,
  sendWidget: true,
}

const guestAdvice = ": answer a guest with ctx.answer()"

function chosenResultAdvice({ chosen_inline_result: chosen }: Update): string {
  return chosen
    ? ": Telegram sends an inline_message_id only if the result has an inline keyboard"
    : ""
}

function pressAdvice({ callback_query: press }: Update): string {
  return press?.inline_message_id === undefined
    ? ""
    : ": a press under an inline message names no chat; call ctx.edit() or ctx.replyEphemeral()"
}

function unsupportedConnection(caller: string, method: ApiMethodName): TypeError {
  return callerError(
    `ctx.${caller}() cannot be used in a chat of a business account: ${method} has no ` +
      "business_connection_id, and in the bot's own chats the same ids name another chat or message.",
  )
}

function messageWithoutId(caller: string, update: Update): TypeError {
  return callerError(
    ephemeralMessageOf(update)
      ? `ctx.${caller}() cannot be used on an ephemeral message, which has no message_id: Telegram only ` +
          "edits it (ctx.edit(), editEphemeralMessageText, …) and deletes it (ctx.delete(), deleteEphemeralMessage)."
      : `ctx.${caller}() cannot be used on this message, which has no message_id yet.`,
  )
}

function shownToEverybody(caller: string, method: ApiMethodName): TypeError {
  return callerError(
    `ctx.${caller}() cannot answer an ephemeral message: ${method} has no ephemeral_message_parameters. ` +
      `To show the answer to everybody in the chat, call ctx.bot.${method}().`,
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
  const own = ownContent(update)
  if (own) return own.target?.business_connection_id
  const pressed = update.callback_query?.message
  return (
    updateMessage(update)?.business_connection_id ??
    update.deleted_business_messages?.business_connection_id ??
    (pressed && "business_connection_id" in pressed ? pressed.business_connection_id : undefined)
  )
}

function directTopicOf(update: Update): number | undefined {
  const own = ownContent(update)
  if (own) return own.target?.direct_messages_topic_id
  const message = updateMessage(update) ?? update.callback_query?.message
  return message && "direct_messages_topic" in message
    ? message.direct_messages_topic?.topic_id
    : undefined
}

/** Returns the id of the forum topic that an update belongs to; `undefined` for none. */
export function threadOf(update: Update): number | undefined {
  const own = ownContent(update)
  if (own) return own.target?.message_thread_id
  const message = updateMessage(update) ?? update.callback_query?.message
  // In a group without topics, the thread id names a thread of replies, which is not a target for messages.
  if (message && "is_topic_message" in message && message.is_topic_message) {
    return message.message_thread_id
  }
  return update.stopped_message_generation?.message_thread_id
}
