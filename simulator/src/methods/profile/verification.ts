import { CallError } from "../../ground/call-error.js"
import { knownChat } from "../chat-argument.js"
import { userArgument } from "../member-argument.js"
import type { Call, Method, MethodTable } from "../method.js"

/** Methods with which the bot of an organization verifies people and chats. */
export const verificationMethods: MethodTable = {
  verifyUser: verifies((call) => userArgument(call).id),
  verifyChat: verifies(chatId),
  removeUserVerification: removes((call) => userArgument(call).id),
  removeChatVerification: removes(chatId),
}

const maxDescription = 70

function verifies(target: (call: Call) => number): Method {
  return (call): true => {
    const id = target(call)
    expectVerifier(call)
    const description = call.args.text("custom_description").trim()
    if ([...description].length > maxDescription) {
      throw CallError.badRequest("CUSTOM_DESCRIPTION_TOO_LONG")
    }
    call.world.verifications.set(id, { botId: call.bot.me.id, description })
    return true
  }
}

function removes(target: (call: Call) => number): Method {
  return (call): true => {
    const id = target(call)
    expectVerifier(call)
    if (call.world.verifications.of(id)?.botId === call.bot.me.id) {
      call.world.verifications.delete(id)
    }
    return true
  }
}

function chatId(call: Call): number {
  const { chat } = knownChat(call)
  if (chat.type === "group") throw CallError.badRequest("CHAT_ID_INVALID")
  return chat.id
}

function expectVerifier({ bot, world }: Call): void {
  if (world.profiles.of(bot.me.id).canVerify) return
  throw new CallError(403, "Forbidden: BOT_VERIFIER_FORBIDDEN")
}
