import type { Chat } from "@grammyjs/types"
import { updateMessage } from "../../telegram/update-facts.js"
import type { Handling } from "./handling.js"
import type { StatePlace } from "./update-state.js"

/** The namespace of the ids that a group had before it became a supergroup. */
const space = "chat-alias"

/**
 * Stores the former id of a group that has become a supergroup, if the update reports this change. Telegram
 * reports the change twice: in the old chat and in the new chat, in either order.
 */
export function recordMigration(handling: Handling): void {
  const message = updateMessage(handling.update)
  if (!message?.chat || handling.queue?.state === undefined) return
  const { chat, migrate_to_chat_id: to, migrate_from_chat_id: from } = message
  if (typeof to === "number") handling.state.set(space, `${to}`, chat.id)
  else if (typeof from === "number") handling.state.set(space, `${chat.id}`, from)
}

/** Returns the place of the former id of a chat; `undefined` for a chat that cannot have had another id. */
export function aliasPlace(chat: Pick<Chat, "id">): StatePlace | undefined {
  // The id of a supergroup or channel begins with -100.
  return chat.id < -1_000_000_000_000 ? { space, key: `${chat.id}` } : undefined
}
