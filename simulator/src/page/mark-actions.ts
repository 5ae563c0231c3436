import { answerPoll } from "../people/polls.js"
import { react as giveReactions } from "../people/reactions.js"
import { isAdministrator } from "../world/members.js"
import { conversationOf, messageOf, messagesOf, personOf } from "./acting.js"
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
  const messages = action.input.has("message_ids") ? messagesOf(action) : [messageOf(action)]
  const areOwn = messages.every(({ from }) => from?.id === user.id)
  if (!areOwn && where.chat.type !== "private" && !isAdministrator(where.memberOf(user))) {
    throw new TypeError("Only administrators can delete messages of others")
  }
  for (const { message_id } of messages) action.parts.world.remove(where, message_id)
  return {}
}
