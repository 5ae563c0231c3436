import type { PageChat } from "../../src/page/protocol.js"
import type { Message } from "../../../src/telegram/types.js"
import type { PageState } from "./page-state.js"

/** Returns the name of a chat for a person in it; a private chat is named for its bot. */
export function chatName(chat: PageChat, state: Pick<PageState, "bots">): string {
  if (chat.title !== undefined) return chat.title
  if (chat.chat.type !== "private") return chat.chat.title ?? "Group"
  return state.bots.get(chat.bots[0] ?? 0)?.first_name ?? "Bot"
}

/** Returns the number that determines a chat's colour. */
export function chatColour({ chat, bots }: PageChat): number {
  return chat.type === "private" ? (bots[0] ?? chat.id) : chat.id
}

/** Returns the name of a message's sender: a person, a bot, or a channel. */
export function senderName({ from, sender_chat: chat }: Message): string {
  if (chat !== undefined) return chat.title ?? "A chat"
  return from === undefined ? "Somebody" : fullName(from)
}

/** Returns the first and the last name. */
export function fullName(user: { first_name: string; last_name?: string | undefined }): string {
  return user.last_name === undefined ? user.first_name : `${user.first_name} ${user.last_name}`
}
