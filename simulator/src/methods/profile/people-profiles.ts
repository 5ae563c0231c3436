import type { Message, UserProfileAudios } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Person } from "../../world/person.js"
import { userArgument } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the profiles of people. */
export const peopleProfileMethods: MethodTable = {
  setUserEmojiStatus,
  getUserProfileAudios,
  getUserPersonalChatMessages,
}

function setUserEmojiStatus(call: Call): true {
  const { args, bot } = call
  const { profile } = personArgument(call)
  if (!profile.emojiStatusBots.includes(bot.me.id)) {
    throw new CallError(403, "Forbidden: USER_PERMISSION_DENIED")
  }
  const id = args.text("emoji_status_custom_emoji_id")
  if (id !== "" && !/^\d+$/.test(id)) throw CallError.badRequest("invalid emoji status specified")
  const expiresAt = args.integer("emoji_status_expiration_date", 0, 0, 2 ** 31 - 1)
  profile.emojiStatus = id === "" ? undefined : { id, expiresAt }
  return true
}

function getUserProfileAudios(call: Call): UserProfileAudios {
  const { audios } = personArgument(call).profile
  const offset = call.args.integer("offset", 0, 0, 2 ** 31 - 1)
  const limit = call.args.integer("limit", 100, 1, 100)
  return { total_count: audios.length, audios: audios.slice(offset, offset + limit) }
}

function getUserPersonalChatMessages(call: Call): Message[] {
  const { personalChat } = personArgument(call).profile
  const limit = call.args.integer("limit", 20, 1, 20)
  const where = personalChat === undefined ? undefined : call.world.group(personalChat)
  if (where === undefined) throw CallError.badRequest("user has no personal chat")
  return [...where.messages.values()].toReversed().slice(0, limit)
}

function personArgument(call: Call): Person {
  const person = call.world.people.get(userArgument(call).id)
  if (person === undefined) throw CallError.badRequest("user not found")
  return person
}
