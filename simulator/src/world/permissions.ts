import type { ChatPermissions } from "@grammyjs/types"

/** The permissions of ordinary members, each of them stated. */
export type Permissions = Required<ChatPermissions>

/** The name of a permission. */
export type Permission = keyof ChatPermissions

const names = [
  "can_send_messages",
  "can_send_audios",
  "can_send_documents",
  "can_send_photos",
  "can_send_videos",
  "can_send_video_notes",
  "can_send_voice_notes",
  "can_send_polls",
  "can_send_other_messages",
  "can_add_web_page_previews",
  "can_react_to_messages",
  "can_edit_tag",
  "can_change_info",
  "can_invite_users",
  "can_pin_messages",
  "can_manage_topics",
] as const satisfies readonly Permission[]

/** The names of the permissions. */
export const permissionNames: readonly Permission[] = names

const media: readonly Permission[] = names.slice(1, 7)

/** Returns permissions that are all allowed or all denied. */
export function everyPermission(allowed: boolean): Permissions {
  // The names above are complete.
  return Object.fromEntries(names.map((name) => [name, allowed])) as unknown as Permissions
}

/** Returns the permissions of a new group: members write everything and invite, but do not change the chat. */
export function usualPermissions(): Permissions {
  return {
    ...everyPermission(true),
    can_change_info: false,
    can_pin_messages: false,
    can_manage_topics: false,
  }
}

/**
 * Parses permissions. Unless they are independent, other messages and previews imply media and text,
 * and polls imply text, as in Telegram.
 */
export function readPermissions(value: object, areIndependent: boolean): Permissions {
  const fields = new Map<string, unknown>(Object.entries(value))
  const named = names.map((name) => [name, fields.get(name) === true] as const)
  // The names above are complete.
  const read = Object.fromEntries(named) as unknown as Permissions
  if (!fields.has("can_manage_topics")) read.can_manage_topics = read.can_pin_messages
  // The permission from before 2023 counts only if none of its parts is named.
  const isFormer = media.every((name) => !fields.has(name))
  const allMedia = isFormer && fields.get("can_send_media_messages") === true
  const implied =
    !areIndependent && (read.can_send_other_messages || read.can_add_web_page_previews)
  if (allMedia || implied) for (const name of media) read[name] = true
  const speaks = !areIndependent && (allMedia || implied || read.can_send_polls)
  return { ...read, can_send_messages: read.can_send_messages || speaks }
}
