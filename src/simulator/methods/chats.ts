import { CallError } from "../api/call-error.js"
import { knownChat, writableChat } from "./chat-argument.js"
import type { Call, MethodTable } from "./method.js"

/** Chats and who is in them. */
export const chatMethods: MethodTable = {
  getChat: (call) => ({
    ...knownChat(call).chat,
    accent_color_id: 0,
    max_reaction_count: 11,
    accepted_gift_types: {
      unlimited_gifts: true,
      limited_gifts: true,
      unique_gifts: true,
      premium_subscription: true,
      gifts_from_channels: true,
    },
  }),
  getChatMember,
  getChatMemberCount: (call) => knownChat(call).people.size + knownChat(call).bots.size,
  leaveChat,
  sendChatAction,
}

const actions = new Set(
  (
    "typing upload_photo record_video upload_video record_voice upload_voice upload_document " +
    "choose_sticker find_location record_video_note upload_video_note record_audio upload_audio"
  ).split(" "),
)

function sendChatAction(call: Call): true {
  const where = writableChat(call)
  const action = call.args.text("action").toLowerCase()
  if (!actions.has(action)) throw CallError.badRequest("wrong parameter action in request")
  call.world.changes.announce({ kind: "action", where, bot: call.bot, action })
  return true
}

function getChatMember(call: Call): object {
  const where = knownChat(call)
  const id = call.args.integer("user_id", 0, 0, Number.MAX_SAFE_INTEGER)
  for (const bot of where.bots) {
    const { id: botId, is_bot, first_name, username } = bot.me
    if (botId === id) return { user: { id, is_bot, first_name, username }, status: "member" }
  }
  for (const person of where.people) {
    if (person.user.id === id) return { user: person.user, status: "member" }
  }
  const person = call.world.people.get(id)
  if (person === undefined) throw CallError.badRequest("invalid user_id specified")
  return { user: person.user, status: "left" }
}

function leaveChat(call: Call): true {
  const where = writableChat(call)
  if (where.chat.type === "private") {
    throw CallError.badRequest("chat member status can't be changed in private chats")
  }
  where.bots.delete(call.bot)
  call.world.changes.announce({ kind: "chat", where })
  return true
}
