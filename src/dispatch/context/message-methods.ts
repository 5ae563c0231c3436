import { unexpectedOption } from "../../ground/expect-option.js"
import type { InaccessibleMessage, Message, Update } from "../../telegram/types.js"
import { updateMessage } from "../../telegram/update-facts.js"
import { chatCalls, type ChatMethods } from "./chat-methods.js"
import type { CallSubject, ContextCall } from "./context-call.js"
import type { Handling } from "./handling.js"
import { optionsIndexOf, replyCalls, type ReplyMethods } from "./reply-methods.js"

/** The methods of a context that act on a message and do not need its update. */
const chatNames = [
  "edit",
  "editCaption",
  "editMedia",
  "editReplyMarkup",
  "delete",
  "react",
  "forward",
  "copy",
  "pin",
  "unpin",
] as const

/** The methods of a context that concern its update, and no message. */
const withoutMessage: readonly string[] = ["replyEphemeral", "sendChatAction"]

/** The methods of a context for one message, whichever update brought it. */
export interface MessageMethods
  extends
    Omit<ReplyMethods, "replyEphemeral" | "sendChatAction">,
    Pick<ChatMethods<Update>, (typeof chatNames)[number]> {}

/**
 * Returns the methods of a context for a message. The replies go to the message's chat, topic and business
 * account, and refer to the message.
 *
 * @throws TypeError if the value is no message
 */
export function messageMethods(
  handling: Handling,
  message: Message | InaccessibleMessage,
): MessageMethods {
  const subject = { bot: handling.bot, update: updateWith(expectMessage(message), handling.update) }
  const methods: Record<string, unknown> = {}
  for (const [name, call] of calls) {
    methods[name] = (...args: never[]) => handling.watch(call(subject, ...args))
  }
  // The table has an entry for each method.
  return methods as unknown as MessageMethods
}

const calls: readonly (readonly [string, ContextCall])[] = [
  ...[...replyCalls]
    .filter(([name]) => !withoutMessage.includes(name))
    .map(([name, call]) => [name, inReply(name, call)] as const),
  ...[...chatCalls].filter(([name]) => (chatNames as readonly string[]).includes(name)),
]

/** Returns the call of a reply, so that the sent message refers to the subject's message. */
function inReply(name: string, call: ContextCall): ContextCall {
  const index = optionsIndexOf(name)
  return (subject: CallSubject, ...args: unknown[]) => {
    const id = updateMessage(subject.update)?.message_id
    const options = args[index] as { chat_id?: unknown } | undefined
    // In another chat, the id names another message. An ephemeral message has the id 0.
    const refers = id !== undefined && id !== 0 && options?.chat_id === undefined
    const given = [...args]
    if (refers) given[index] = { reply_parameters: { message_id: id }, ...options }
    return call(subject, ...(given as never[]))
  }
}

/** Returns an update with the message, as the methods expect one. */
function updateWith(message: Message | InaccessibleMessage, update: Update): Update {
  const type = "guest_query_id" in message ? "guest_message" : "message"
  const connection = isPartOf(updateMessage(update), message)
    ? updateMessage(update)?.business_connection_id
    : undefined
  const located =
    connection === undefined ? message : { business_connection_id: connection, ...message }
  // Only the fields that locate a message are read, which both kinds of message have.
  return { update_id: update.update_id, [type]: located }
}

/**
 * Returns whether `outer` contains a message. Telegram can omit the id of the business connection from a message within
 * another one.
 */
function isPartOf(outer: Message | undefined, message: unknown): boolean {
  return (
    outer !== undefined &&
    [outer.reply_to_message, outer.pinned_message].includes(message as Message)
  )
}

function expectMessage<M extends Message | InaccessibleMessage>(message: M): M {
  const { chat, message_id: id }: { chat?: { id?: unknown }; message_id?: unknown } = message ?? {}
  if (typeof chat?.id === "number" && typeof id === "number") return message
  return unexpectedOption("message", "a message of Telegram", message)
}
