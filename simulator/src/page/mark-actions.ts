import type { Message } from "@grammyjs/types"
import { answerPoll, react as giveReactions } from "../people/reactions.js"
import { isAdministrator } from "../world/members.js"
import { conversationOf, personOf } from "./acting.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** Actions of a person on a message: reactions, votes, pins and deletions. */
export const markActions: ActionTable = { react, vote, delete: remove }

function react(action: PageAction): object {
  const actor = { person: personOf(action), world: action.parts.world }
  const emoji = action.input.optionalText("emoji")
  giveReactions(actor, messageOf(action), emoji === undefined ? [] : [emoji])
  return {}
}

function vote(action: PageAction): object {
  const actor = { person: personOf(action), world: action.parts.world }
  answerPoll(actor, messageOf(action), action.input.integers("options"))
  return {}
}

// Bots are not notified, because Telegram has no update for it.
function remove(action: PageAction): object {
  const where = conversationOf(action)
  const { user } = personOf(action)
  const message = messageOf(action)
  const isOwn = message.from?.id === user.id || where.chat.type === "private"
  if (!isOwn && !isAdministrator(where.memberOf(user))) {
    throw new TypeError("Only administrators delete what others have written")
  }
  action.parts.world.remove(where, message.message_id)
  return {}
}

function messageOf(action: PageAction): Message {
  const message = conversationOf(action).messages.get(action.input.integer("message_id"))
  if (message === undefined) throw new TypeError("The message is gone")
  return message
}
