import type { Chat, ChatMember, Message } from "@grammyjs/types"
import { hasRight } from "./members.js"
import type { Permission, Permissions } from "./permissions.js"

/** A kind of message, as permissions distinguish them. */
export interface PostKind {
  readonly permission: Permission
  /** The noun in "not enough rights to send … to the chat". */
  readonly name: string
}

const other: Permission = "can_send_other_messages"

const kinds = {
  text: { permission: "can_send_messages", name: "text messages" },
  photo: { permission: "can_send_photos", name: "photos" },
  live_photo: { permission: "can_send_photos", name: "live photos" },
  video: { permission: "can_send_videos", name: "videos" },
  animation: { permission: other, name: "animations" },
  audio: { permission: "can_send_audios", name: "music" },
  document: { permission: "can_send_documents", name: "documents" },
  voice: { permission: "can_send_voice_notes", name: "voice notes" },
  video_note: { permission: "can_send_video_notes", name: "video notes" },
  sticker: { permission: other, name: "stickers" },
  poll: { permission: "can_send_polls", name: "polls" },
  location: { permission: "can_send_messages", name: "locations" },
  venue: { permission: "can_send_messages", name: "venues" },
  contact: { permission: "can_send_messages", name: "contacts" },
  dice: { permission: other, name: "dice" },
  invoice: { permission: "can_send_messages", name: "invoices" },
  game: { permission: other, name: "games" },
} as const satisfies Partial<Record<keyof Message, PostKind>>

/** The name of a kind of message: the message field that contains it. */
export type PostField = keyof typeof kinds

/** The kinds by their message field; more specific ones first. */
export const postKinds: Readonly<Record<PostField, PostKind>> = kinds

// A message with several of these fields has the kind of the first field in this order.
const order: readonly PostField[] = [
  "animation",
  "venue",
  "live_photo",
  "photo",
  "video",
  "audio",
  "document",
  "voice",
  "video_note",
  "sticker",
  "poll",
  "location",
  "contact",
  "dice",
  "invoice",
  "game",
]

/** Returns the kind of a message. */
export function kindOf(message: Partial<Message>): PostField {
  return order.find((field) => message[field] !== undefined) ?? "text"
}

/** Returns true if a user may send this kind of message to a chat. */
export function mayPost(
  who: ChatMember,
  field: PostField,
  place: { type: Chat["type"]; permissions: Permissions },
): boolean {
  if (place.type === "private") return true
  if (place.type === "channel") return hasRight(who, "can_post_messages")
  if (who.status === "creator" || who.status === "administrator") return true
  const { permission } = postKinds[field]
  if (who.status === "restricted") {
    return who.is_member && who[permission] && place.permissions[permission]
  }
  return who.status === "member" && place.permissions[permission]
}
