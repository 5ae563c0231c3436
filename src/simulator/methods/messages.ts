import type { Message } from "../../telegram/types.js"
import { writableChat } from "./chat-argument.js"
import { messageOptions } from "./message-options.js"
import type { Call, MethodTable } from "./method.js"
import { textArgument } from "./text-argument.js"

/** Messages of a bot. */
export const messageMethods: MethodTable = { sendMessage }

function sendMessage(call: Call): Message {
  const where = writableChat(call)
  const { text, entities } = textArgument(call.args)
  return call.world.writeAs(call.bot, where, {
    text,
    ...(entities.length > 0 && { entities: [...entities] }),
    ...messageOptions(call, where),
  })
}
