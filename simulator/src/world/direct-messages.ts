import type { DirectMessagesTopic, Message } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { isAdministrator } from "./members.js"
import type { Person } from "./person.js"

/** The groups and channels of a world. */
interface Groups {
  group(id: number): Conversation | undefined
}

/** Returns the channel of a chat of direct messages; `undefined` for any other chat. */
export function channelOf(groups: Groups, where: Conversation): Conversation | undefined {
  return groups.group(where.extras.parentChannel ?? 0)
}

/** Returns the topic of a person, by the id of the person; `undefined` if the person has not written. */
export function directTopic(where: Conversation, id: number): DirectMessagesTopic | undefined {
  for (const { user } of where.people) if (user.id === id) return { topic_id: id, user }
  return undefined
}

/** Returns whether a person sees a message: of direct messages, the person's own topic only. */
export function isSeenBy(
  channel: Conversation | undefined,
  message: Message,
  { user }: Person,
): boolean {
  if (channel === undefined || message.direct_messages_topic?.user.id === user.id) return true
  return isAdministrator(channel.memberOf(user))
}
