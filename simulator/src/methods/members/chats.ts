import type { ChatMember } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { channelOf } from "../../world/direct-messages.js"
import { userOfBot } from "../../world/identity.js"
import { isAdministrator, isPresent, left, member } from "../../world/members.js"
import { everyGift } from "../../world/person-profile.js"
import type { Permissions } from "../../world/permissions.js"
import { changeMember } from "../../world/membership.js"
import { editableChat, knownChat } from "../chat-argument.js"
import { userArgument, userIdArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods that read a chat and its members. */
export const chatMethods: MethodTable = {
  getChat,
  getChatMember,
  getChatMemberCount,
  getChatMembersCount: getChatMemberCount,
  getChatAdministrators,
  leaveChat,
}

function getChat(call: Call): object {
  const where = knownChat(call)
  const { chat, description, permissions, photo } = where
  const pinned = [...where.pinned].at(-1)
  const pinnedMessage = pinned === undefined ? undefined : where.messages.get(pinned)
  const primary = [...where.links.values()].find(
    (link) => link.is_primary && !link.is_revoked && link.creator.id === call.bot.me.id,
  )
  return {
    ...chat,
    ...(chat.username !== undefined && { active_usernames: [chat.username] }),
    ...(photo && { photo: chatPhoto(photo.id, photo.uniqueId) }),
    ...(description !== "" && { description }),
    ...(primary && { invite_link: primary.invite_link }),
    ...(pinnedMessage && { pinned_message: pinnedMessage }),
    ...((chat.type === "group" || chat.type === "supergroup") && {
      permissions: shownPermissions(permissions),
    }),
    ...(chat.type === "supergroup" && groupFields(where)),
    ...parentOf(call, where),
    ...(where.extras.autoDeleteTime > 0 && {
      message_auto_delete_time: where.extras.autoDeleteTime,
    }),
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: everyGift(),
    ...(chat.type === "private" && profileFields(call, chat.id)),
  }
}

function groupFields({ extras }: Conversation): object {
  const { stickerSet } = extras
  return {
    can_set_sticker_set: true,
    ...(stickerSet !== undefined && { sticker_set_name: stickerSet }),
  }
}

/** Returns the channel of a chat of direct messages. */
function parentOf({ world }: Call, where: Conversation): object {
  const parent = channelOf(world, where)
  return parent === undefined ? {} : { parent_chat: parent.chat }
}

/** Returns the fields of a private chat that come from the person's profile. */
function profileFields({ world }: Call, personId: number): object {
  const person = world.people.get(personId)
  if (person === undefined) return {}
  const { bio, emojiStatus, personalChat, acceptedGifts } = person.profile
  const [photo] = person.photos
  const personal = world.group(personalChat ?? 0)?.chat
  const isShown = emojiStatus && (emojiStatus.expiresAt === 0 || emojiStatus.expiresAt > world.now)
  return {
    ...(photo && { photo: chatPhoto(photo.id, photo.uniqueId) }),
    ...(bio !== "" && { bio }),
    ...(isShown && { emoji_status_custom_emoji_id: emojiStatus.id }),
    ...(isShown &&
      emojiStatus.expiresAt > 0 && { emoji_status_expiration_date: emojiStatus.expiresAt }),
    ...(personal && { personal_chat: personal }),
    accepted_gift_types: acceptedGifts,
  }
}

function getChatMember(call: Call): ChatMember {
  userIdArgument(call)
  const where = knownChat(call)
  const user = userArgument(call)
  if (where.chat.type !== "private") return where.memberOf(user)
  const isHere = user.id === where.chat.id || user.id === call.bot.me.id
  if (isHere) return member(user)
  throw CallError.badRequest("user not found")
}

function getChatMemberCount(call: Call): number {
  const where = knownChat(call)
  return where.people.size + where.bots.size
}

// Other bots appear in the list only if the call requests them.
function getChatAdministrators(call: Call): ChatMember[] {
  const where = knownChat(call)
  if (where.chat.type === "private") {
    throw CallError.badRequest("there are no administrators in the private chat")
  }
  const all = [...where.members.values()].filter((who) => isAdministrator(who) && isPresent(who))
  if (call.args.flag("return_bots")) return all
  return all.filter(({ user }) => !user.is_bot || user.id === call.bot.me.id)
}

function leaveChat(call: Call): true {
  const where: Conversation = editableChat(call)
  if (where.chat.type === "private") {
    throw CallError.badRequest("chat member status can't be changed in private chats")
  }
  const self = userOfBot(call.bot.me)
  changeMember(call.world, where, { next: left(self), by: self })
  return true
}

// Telegram's server still adds the permission from before 2023.
function shownPermissions(permissions: Permissions): object {
  const { can_send_audios, can_send_documents, can_send_photos, can_send_videos } = permissions
  const { can_send_video_notes, can_send_voice_notes } = permissions
  const files = [can_send_audios, can_send_documents, can_send_photos, can_send_videos]
  const notes = [can_send_video_notes, can_send_voice_notes]
  return { ...permissions, can_send_media_messages: [...files, ...notes].includes(true) }
}

function chatPhoto(id: string, uniqueId: string): object {
  return {
    small_file_id: id,
    small_file_unique_id: uniqueId,
    big_file_id: id,
    big_file_unique_id: uniqueId,
  }
}
