import type { ReactionType } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { readReaction } from "../../world/reactions.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import { messageIn } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"
import { expectObject, partError, reading, requiredTextField } from "../fields.js"
import { arrayArgument } from "../json-argument.js"

/** Methods for the bot's reactions, and for the removal of reactions. */
export const reactionMethods: MethodTable = {
  setMessageReaction,
  deleteMessageReaction,
  deleteAllMessageReactions,
}

function setMessageReaction(call: Call): true {
  const where = editableChat(call)
  const message = messageIn(call, where, "react")
  const reactions = reactionsOf(call)
  const all = where.reactions.get(message.message_id) ?? new Map<number, readonly ReactionType[]>()
  if (reactions.length > 0) all.set(call.bot.me.id, reactions)
  else all.delete(call.bot.me.id)
  where.reactions.set(message.message_id, all)
  const { message_id: messageId } = message
  call.world.changes.announce({ kind: "reactions", where, messageId })
  return true
}

function deleteMessageReaction(call: Call): true {
  const { where, id } = reactor(call)
  remove(call, where, { id, messageId: messageIn(call, where, "react").message_id })
  return true
}

function deleteAllMessageReactions(call: Call): true {
  const { where, id } = reactor(call)
  for (const messageId of where.reactions.keys()) remove(call, where, { id, messageId })
  return true
}

/** Returns the group, and the person or chat whose reactions are removed. */
function reactor(call: Call): { readonly where: Conversation; readonly id: number } {
  const { args } = call
  const where = editableChat(call)
  const { type } = where.chat
  if (type !== "group" && type !== "supergroup") {
    throw CallError.badRequest("method is available only for groups and supergroups")
  }
  requireRight(call, where, "can_delete_messages", "not enough rights to delete reactions")
  const [userId, chatId] = [args.text("user_id"), args.text("actor_chat_id")]
  const id = userId === "" ? chatId : userId
  if (!/^-?\d+$/.test(id)) throw CallError.badRequest("user_id or actor_chat_id must be specified")
  return { where, id: Number(id) }
}

function remove(
  { world }: Call,
  where: Conversation,
  { id, messageId }: { readonly id: number; readonly messageId: number },
): void {
  if (where.reactions.get(messageId)?.delete(id) !== true) return
  world.changes.announce({ kind: "reactions", where, messageId })
}

function reactionsOf({ args }: Call): ReactionType[] {
  if (args.text("reaction") === "") return []
  const names = { noun: "reaction types", items: "ReactionType" }
  const given = arrayArgument(args, "reaction", names)
  for (const value of given) reading("Can't parse ReactionType", () => checkForm(value))
  // A bot can set only one reaction.
  if (given.length > 1) throw CallError.badRequest("REACTIONS_TOO_MANY")
  return given.map((value) => {
    const reaction = readReaction(value)
    if (reaction === undefined) throw CallError.badRequest("REACTION_INVALID")
    return reaction
  })
}

function checkForm(value: unknown): void {
  const fields = expectObject(value, "expected an Object")
  const type = requiredTextField(fields, "type")
  if (type === "emoji") requiredTextField(fields, "emoji")
  else if (type === "custom_emoji") requiredTextField(fields, "custom_emoji_id")
  else throw partError("invalid reaction type specified")
}
