/**
 * Ephemeral messages: messages in a group that only one person and the bot see. The `message_id` of each is 0,
 * and an id of their own names them, together with their receiver.
 *
 * @module
 */
import type { EphemeralMessageParameters, Update, User } from "../../telegram/types.js"
import { updateMessage } from "../../telegram/update-facts.js"

/** The parameters that name an ephemeral message. */
export interface EphemeralMessageTarget {
  readonly chat_id: number
  readonly receiver_user_id: number
  readonly ephemeral_message_id: number
}

/** The parameters that show a message to one person only. */
export interface EphemeralAnswer {
  readonly ephemeral_message_parameters: EphemeralMessageParameters
  readonly reply_parameters?: { readonly ephemeral_message_id: number }
}

/**
 * Returns the ephemeral message that an update brought, or under which a button was pressed. Returns
 * `undefined` for every other message.
 */
export function ephemeralMessageOf(update: Update): EphemeralMessageTarget | undefined {
  const pressed = update.callback_query
  const message = updateMessage(update) ?? pressed?.message
  if (!message || !("ephemeral_message_id" in message)) return undefined
  const { ephemeral_message_id, chat } = message
  // A press comes from the only person who sees the message.
  const receiver = message.receiver_user ?? pressed?.from
  if (ephemeral_message_id === undefined || !receiver) return undefined
  return { chat_id: chat.id, receiver_user_id: receiver.id, ephemeral_message_id }
}

/**
 * Returns the parameters with which a person is answered so that nobody else sees the answer. Telegram
 * accepts them from every bot for 15 s after a press or an ephemeral message, otherwise from administrators.
 */
export function ephemeralAnswerTo(person: User, update: Update): EphemeralAnswer {
  const callback_query_id = update.callback_query?.id
  const incoming = callback_query_id === undefined ? ephemeralMessageOf(update) : undefined
  return {
    ephemeral_message_parameters: {
      receiver_user_id: person.id,
      ...(callback_query_id !== undefined && { callback_query_id }),
    },
    ...(incoming && { reply_parameters: { ephemeral_message_id: incoming.ephemeral_message_id } }),
  }
}
