import type { Chat } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { photoOf } from "../../world/stored-media.js"
import type { Conversation } from "../../world/conversation.js"
import { readPermissions } from "../../world/permissions.js"
import { editableChat } from "../chat-argument.js"
import { objectArgument } from "../json-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** How a chat looks, and what its members may do. */
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
  const title = call.args.text("title").trim()
  if (title === "") throw CallError.badRequest("title must be non-empty")
  if ([...title].length > maxTitle) throw CallError.badRequest("title is too long")
  if (title === chat.title) throw CallError.badRequest("chat title is not modified")
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
    throw CallError.badRequest("photo should be uploaded as an InputFile")
  }
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
  const where = editableChat(call)
  const { type } = where.chat
  if (type === "private") throw CallError.badRequest("can't change private chat permissions")
  if (type === "channel") throw CallError.badRequest("can't change channel chat permissions")
  const given = objectArgument(call.args, "permissions", "object expected as permissions")
  if (given === undefined) throw CallError.badRequest("permissions must be specified")
  const refusal = "not enough rights to change chat permissions"
  requireRight(call, where, "can_restrict_members", refusal)
  const areIndependent = call.args.flag("use_independent_chat_permissions")
  where.permissions = readPermissions(given, areIndependent)
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
