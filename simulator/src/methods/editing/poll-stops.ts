import type { Poll } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import { closePoll } from "../../world/polls.js"
import { markupArgument } from "../markup-argument.js"
import { ownMessage } from "../message-argument.js"
import { editableChat } from "../chat-argument.js"
import { messageId } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"

/** The method that ends a poll. */
export const pollStopMethods: MethodTable = { stopPoll }

function stopPoll(call: Call): Poll {
  const where = editableChat(call)
  if (!where.messages.has(messageId(call))) {
    throw CallError.badRequest("message with poll to stop not found")
  }
  const { message } = ownMessage(call)
  const simulatedPoll = call.world.polls.of(message)
  if (simulatedPoll === undefined) throw CallError.badRequest("message is not a poll")
  if (simulatedPoll.poll.is_closed) throw CallError.badRequest("poll has already been closed")
  const markup = markupArgument(call.args)
  const poll = closePoll(call.world, simulatedPoll)
  const { reply_markup: _, ...rest } = where.messages.get(message.message_id) ?? message
  call.world.refresh(where, { ...rest, ...(markup && { reply_markup: markup }) })
  return poll
}
