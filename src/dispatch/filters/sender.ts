import type { MessageType } from "../../telegram/api.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateSenderChat, updateUser } from "../../telegram/update-facts.js"
import { type Filter, type MessageFilter, messageFilter, orNothing } from "./filter.js"
import type { MessageWith } from "./has.js"
import { identitySet } from "./identity-set.js"

/**
 * Updates of any type that one of these users caused, each named by its id (as a number or a string) or
 * `@username`. Without arguments, the filter accepts nothing. Presses of buttons and inline queries count,
 * too: a guard with `not(user(owner))` stops everybody but the owner, in all update types.
 */
export function user(...users: readonly (number | string)[]): Filter {
  const isListed = identitySet(users)
  return orNothing(users, (update) => isListed(updateUser(update)))
}

/**
 * Messages and reactions of anonymous administrators of a group. Telegram names the group as their sender,
 * and the user `GroupAnonymousBot` in place of the person.
 */
export const anonymousAdministrator: Filter = (update) => {
  const sender = updateSenderChat(update)
  const chat = updateChat(update)
  const isGroup = chat?.type === "supergroup" || chat?.type === "group"
  return isGroup && sender?.id === chat.id
}

/** Messages sent through one of these bots in inline mode. Without arguments, through any bot. */
export function viaBot(
  ...bots: readonly (number | string)[]
): MessageFilter<MessageWith<"via_bot">> {
  const isListed = identitySet(bots)
  return messageFilter(
    ({ via_bot: bot }) => bot !== undefined && (bots.length === 0 || isListed(bot)),
  )
}

/**
 * Updates of any type that were caused on behalf of one of these chats: messages and posts, reactions, votes.
 * Without arguments, of any chat.
 */
export function senderChat(
  ...chats: readonly (number | string)[]
): (update: Update) => update is Update & { [T in MessageType]?: MessageWith<"sender_chat"> } {
  const isListed = identitySet(chats)
  return (update): update is Update & { [T in MessageType]?: MessageWith<"sender_chat"> } => {
    const sender = updateSenderChat(update)
    return sender !== undefined && (chats.length === 0 || isListed(sender))
  }
}

/** Updates of any type that users with Telegram Premium caused. */
export const premium: Filter = (update) => updateUser(update)?.is_premium === true

/** Updates of any type that a bot caused. */
export const fromBot: Filter = (update) => updateUser(update)?.is_bot === true

/** Updates of users whose app is set to one of these languages; `"de"` includes `"de-AT"`. */
export function language(...codes: readonly string[]): Filter {
  const languageCodes = new Set(codes.map((code) => code.toLowerCase()))
  return orNothing(codes, (update) => {
    const languageCode: unknown = updateUser(update)?.language_code
    if (typeof languageCode !== "string") return false
    const code = languageCode.toLowerCase()
    return languageCodes.has(code) || languageCodes.has(code.split("-", 1)[0] ?? code)
  })
}
