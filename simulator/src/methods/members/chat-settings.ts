import type { Chat } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { photoOf } from "../../world/media/stored-media.js"
import type { Conversation } from "../../world/conversation.js"
import { readPermissions } from "../../world/permissions.js"
import { editableChat } from "../chat-argument.js"
import { permissionsArgument } from "../permissions-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for title, description, photo and permissions of a chat. */
export const settingMethods: MethodTable = {
  setChatTitle,
  setChatDescription,
  setChatPhoto,
  deleteChatPhoto,
  setChatPermissions,
}

const maxTitle = 128
const maxDescription = 255

function setChatTitle(call: Call): true {
  const { where, chat } = changeable(call, "title")
  const requested = call.args.text("title").trim()
  const title = [...requested].slice(0, maxTitle).join("")
  if (title === "") throw CallError.badRequest("title must be non-empty")
  if (title === chat.title) return true
  call.world.redescribe(where, { ...chat, title })
  call.world.writeAs(call.bot, where, { new_chat_title: title })
  return true
}

function setChatDescription(call: Call): true {
  const { where } = changeable(call, "description")
  const description = call.args.text("description").trim()
  if ([...description].length > maxDescription) {
    throw CallError.badRequest("CHAT_ABOUT_TOO_LONG")
  }
  if (description === where.description) {
    throw CallError.badRequest("chat description is not modified")
  }
  where.description = description
  return true
}

function setChatPhoto(call: Call): true {
  const { where } = changeable(call, "photo")
  const uploaded = call.args.file("photo")
  if (uploaded === undefined) {
    throw CallError.badRequest("photo must be uploaded as an InputFile")
  }
  if (uploaded.bytes.length === 0) throw CallError.badRequest("file must be non-empty")
  const photo = call.world.files.add("profile_photos", uploaded)
  where.photo = photo
  call.world.writeAs(call.bot, where, { new_chat_photo: photoOf(photo) })
  return true
}

function deleteChatPhoto(call: Call): true {
  const { where } = changeable(call, "photo")
  if (where.photo === undefined) throw CallError.badRequest("CHAT_NOT_MODIFIED")
  where.photo = undefined
  call.world.writeAs(call.bot, where, { delete_chat_photo: true })
  return true
}

function setChatPermissions(call: Call): true {
  // A call without permissions denies all of them.
  const requested = permissionsArgument(call.args) ?? {}
  const where = editableChat(call)
  const { type } = where.chat
  if (type === "private") throw CallError.badRequest("can't change private chat permissions")
  if (type === "channel") throw CallError.badRequest("can't change channel chat permissions")
  const refusal = "not enough rights to change chat permissions"
  requireRight(call, where, "can_restrict_members", refusal)
  const areIndependent = call.args.flag("use_independent_chat_permissions")
  const permissions = readPermissions(requested, areIndependent)
  // In a public group, ordinary members cannot change the group's settings.
  const isPublic = where.chat.username !== undefined
  const narrowed = isPublic ? { can_change_info: false, can_pin_messages: false } : {}
  where.permissions = { ...permissions, ...narrowed }
  return true
}

function changeable(
  call: Call,
  what: string,
): { where: Conversation; chat: Exclude<Chat, Chat.PrivateChat> } {
  const where = editableChat(call)
  const { chat } = where
  if (chat.type === "private") throw CallError.badRequest(`can't change private chat ${what}`)
  requireRight(call, where, "can_change_info", `not enough rights to change chat ${what}`)
  return { where, chat }
}
