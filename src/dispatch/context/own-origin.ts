import type { OwnContent } from "../../telegram/own-update.js"
import type { Update } from "../../telegram/types.js"
import { updateChat, updateUser } from "../../telegram/update-facts.js"
import { targetOf } from "./message-target.js"

/** The part of an own update's content that says where the update comes from. */
export type OwnOrigin = Pick<OwnContent, "chat" | "from" | "target">

/** Returns the origin of an own update that the handler of an update puts: the chat, topic and user of the update. */
export function originOf(update: Update): OwnOrigin {
  const [chat, from, target] = [updateChat(update), updateUser(update), targetOf(update)]
  return {
    ...(chat && { chat }),
    ...(from && { from }),
    ...(Object.keys(target).length > 0 && { target }),
  }
}
