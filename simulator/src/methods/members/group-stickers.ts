import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the sticker set of a group. */
export const groupStickerMethods: MethodTable = { setChatStickerSet, deleteChatStickerSet }

function setChatStickerSet(call: Call): true {
  const where = changeable(call)
  const name = call.args.text("sticker_set_name")
  if (call.world.stickers.find(name)?.type !== "regular") {
    throw CallError.badRequest("STICKERSET_INVALID")
  }
  where.extras.stickerSet = name
  return true
}

function deleteChatStickerSet(call: Call): true {
  changeable(call).extras.stickerSet = undefined
  return true
}

function changeable(call: Call): Conversation {
  const where = editableChat(call)
  if (where.chat.type !== "supergroup") {
    throw CallError.badRequest("method is available only for supergroups")
  }
  requireRight(call, where, "can_change_info", "not enough rights to change chat sticker set")
  return where
}
