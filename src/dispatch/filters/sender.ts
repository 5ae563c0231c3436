import type { Message, User } from "../../telegram/types.js"
import { type MessageFilter, messageFilter } from "./filter.js"
import type { MessageWith } from "./has.js"
import { identitySet } from "./identity-set.js"

/**
 * Messages of one of these users, named by id (as a number or a text) or `@username`; with none named
 * it wants nothing.
 */
export function user(...users: readonly (number | string)[]): MessageFilter<MessageWith<"from">> {
  const isWanted = identitySet(users)
  return messageFilter(({ from }) => isWanted(from))
}

/** Messages sent through one of these bots in inline mode; with none named, through any. */
export function viaBot(
  ...bots: readonly (number | string)[]
): MessageFilter<MessageWith<"via_bot">> {
  const isWanted = identitySet(bots)
  return messageFilter(
    ({ via_bot: bot }) => bot !== undefined && (bots.length === 0 || isWanted(bot)),
  )
}

/** Messages sent on behalf of one of these chats; with none named, of any chat. */
export function senderChat(
  ...chats: readonly (number | string)[]
): MessageFilter<MessageWith<"sender_chat">> {
  const isWanted = identitySet(chats)
  return messageFilter(
    ({ sender_chat: sender }) => sender !== undefined && (chats.length === 0 || isWanted(sender)),
  )
}

/** Messages of users with Telegram Premium. */
export const premium: MessageFilter<MessageWith<"from">> = messageFilter<MessageWith<"from">>(
  ({ from }) => from?.is_premium === true,
)

/** Messages of bots. */
export const fromBot: MessageFilter<Message & { from: User }> = messageFilter(
  ({ from }) => from?.is_bot === true,
)

/** Messages whose sender's app speaks one of these languages: `"de"` also stands for `"de-AT"`. */
export function language(...codes: readonly string[]): MessageFilter<MessageWith<"from">> {
  const wanted = new Set(codes.map((code) => code.toLowerCase()))
  return messageFilter(({ from }) => {
    const spoken = from?.language_code?.toLowerCase()
    if (spoken === undefined) return false
    return wanted.has(spoken) || wanted.has(spoken.split("-", 1)[0] ?? spoken)
  })
}
