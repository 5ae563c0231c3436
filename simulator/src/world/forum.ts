import type { User } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { generalTopicId, type Topic } from "./topic.js"
import type { MessageContent, World } from "./world.js"

/** Sends a service message of a person or bot. */
export function announce(
  world: World,
  where: Conversation,
  serviceContent: { by: User; content: MessageContent },
): number {
  const bot = world.bots.get(serviceContent.by.id)
  const person = world.people.get(serviceContent.by.id)
  if (bot !== undefined) return world.writeAs(bot, where, serviceContent.content).message_id
  if (person === undefined) throw new TypeError("Expected a person of this simulator")
  return world.write(person, where, serviceContent.content).message_id
}

/** Creates a topic. Its id is the id of its service message. */
export function createTopic(
  world: World,
  where: Conversation,
  made: { by: User; name: string; iconColor: number; iconCustomEmojiId?: string },
): Topic {
  const { by, name, iconColor, iconCustomEmojiId } = made
  const icon = iconCustomEmojiId === undefined ? {} : { iconCustomEmojiId }
  // The service message is the first one in the thread with its own id.
  const content: MessageContent = {
    message_thread_id: where.peekId(),
    is_topic_message: true,
    forum_topic_created: {
      name,
      icon_color: iconColor,
      ...(iconCustomEmojiId !== undefined && { icon_custom_emoji_id: iconCustomEmojiId }),
    },
  }
  const id = announce(world, where, { by, content })
  const topic = { id, name, iconColor, ...icon, isClosed: false }
  keepTopic(world, where, topic)
  return topic
}

/** Stores the state of a topic. */
export function keepTopic(world: World, where: Conversation, topic: Topic): void {
  where.topics.set(topic.id, topic)
  world.changes.announce({ kind: "chat", where })
}

/** Closes or reopens a topic, with a service message. Opening the general topic also shows it. */
export function setTopicClosed(
  world: World,
  where: Conversation,
  change: { by: User; topic: Topic; isClosed: boolean },
): void {
  const { by, topic, isClosed } = change
  const visibility = !isClosed && topic.isHidden === true ? { isHidden: false } : {}
  keepTopic(world, where, { ...topic, ...visibility, isClosed })
  const serviceContent = isClosed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} }
  announce(world, where, { by, content: { ...inTopic(topic.id), ...serviceContent } })
}

/** Returns the fields that put a message into a topic; none for the general one. */
export function inTopic(id: number): MessageContent {
  if (id === generalTopicId) return {}
  return { message_thread_id: id, is_topic_message: true }
}
