import type { OwnContent, OwnTarget } from "./own-update.js"
import type { Chat } from "./types.js"

/**
 * The ids of the chat, the topic, the user and the business connection of an own update, each only if the own
 * update has this part.
 */
export interface PlaceIds {
  readonly chatId?: number | undefined
  readonly threadId?: number | undefined
  readonly userId?: number | undefined
  readonly businessConnectionId?: string | undefined
}

/**
 * Returns the parts of an own update's content that name its chat, topic, business connection and user.
 * Fields that Sounder does not know, such as the name of a user, are empty.
 */
export function originOfPlace({
  chatId,
  threadId,
  userId,
  businessConnectionId,
}: PlaceIds): Pick<OwnContent, "chat" | "target" | "from"> {
  const target: OwnTarget = {
    ...(threadId !== undefined && { message_thread_id: threadId }),
    ...(businessConnectionId !== undefined && { business_connection_id: businessConnectionId }),
  }
  return {
    ...(chatId !== undefined && { chat: chatOf(chatId) }),
    ...(Object.keys(target).length > 0 && { target }),
    ...(userId !== undefined && { from: { id: userId, is_bot: false, first_name: "" } }),
  }
}

/** Returns a chat of which only the id is known. */
function chatOf(id: number): Chat {
  if (id > 0) return { id, type: "private", first_name: "" }
  return id < -1_000_000_000_000
    ? { id, type: "supergroup", title: "" }
    : { id, type: "group", title: "" }
}
