import { SimulatedGroup } from "../people/simulated-group.js"
import { SimulatedUser } from "../people/simulated-user.js"
import { conversationOf, personOf } from "./acting.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** Actions that create, close and reopen topics. */
export const topicActions: ActionTable = { createTopic, closeTopic, reopenTopic }

async function createTopic(action: PageAction): Promise<object> {
  const { user, group } = administratorIn(action)
  const { id } = await user.createTopic(group, action.input.text("name").trim())
  return { id }
}

async function closeTopic(action: PageAction): Promise<object> {
  const { user, group } = administratorIn(action)
  await user.closeTopic(group, action.input.integer("topic"))
  return {}
}

async function reopenTopic(action: PageAction): Promise<object> {
  const { user, group } = administratorIn(action)
  await user.closeTopic(group, action.input.integer("topic"), false)
  return {}
}

function administratorIn(action: PageAction): { user: SimulatedUser; group: SimulatedGroup } {
  const where = conversationOf(action)
  if (where.chat.is_forum !== true) throw new TypeError("This chat has no topics")
  const user = new SimulatedUser(personOf(action), action.parts.world)
  return { user, group: new SimulatedGroup(where, action.parts.world) }
}
