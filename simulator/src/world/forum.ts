import type { User } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { generalTopicId, type Topic } from "./topic.js"
import type { MessageContent, World } from "./world.js"

/** A service message of somebody, person or bot. */
export function announce(
  world: World,
  where: Conversation,
  said: { by: User; content: MessageContent },
): number {
  const bot = world.bots.get(said.by.id)
  const person = world.people.get(said.by.id)
  if (bot !== undefined) return world.writeAs(bot, where, said.content).message_id
  if (person === undefined) throw new TypeError("Expected somebody of this simulator")
  return world.write(person, where, said.content).message_id
}

/** Makes a topic. Its id is that of the message that says so. */
export function createTopic(
  world: World,
  where: Conversation,
  made: { by: User; name: string; iconColor: number; iconCustomEmojiId?: string },
): Topic {
  const { by, name, iconColor, iconCustomEmojiId } = made
  const icon = iconCustomEmojiId === undefined ? {} : { iconCustomEmojiId }
  // The service message is the first in the thread that has its id.
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

/** Writes down what a topic is from now on. */
export function keepTopic(world: World, where: Conversation, topic: Topic): void {
  where.topics.set(topic.id, topic)
  world.changes.announce({ kind: "chat", where })
}

/** Closes or opens a topic, with the message that says so. The general one is shown when opened. */
export function setTopicClosed(
  world: World,
  where: Conversation,
  change: { by: User; topic: Topic; isClosed: boolean },
): void {
  const { by, topic, isClosed } = change
  const shown = !isClosed && topic.isHidden === true ? { isHidden: false } : {}
  keepTopic(world, where, { ...topic, ...shown, isClosed })
  const said = isClosed ? { forum_topic_closed: {} } : { forum_topic_reopened: {} }
  announce(world, where, { by, content: { ...inTopic(topic.id), ...said } })
}

/** The fields that put a message into a topic; none for the general one. */
export function inTopic(id: number): MessageContent {
  if (id === generalTopicId) return {}
  return { message_thread_id: id, is_topic_message: true }
}
