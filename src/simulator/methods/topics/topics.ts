import type { ForumTopic } from "../../../telegram/types.js"
import { CallError } from "../../api/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { announce, createTopic, inTopic, setTopicClosed } from "../../world/forum.js"
import { userOfBot } from "../../world/identity.js"
import { iconColors, type Topic } from "../../world/topic.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** The topics of a forum. */
export const topicMethods: MethodTable = {
  createForumTopic,
  editForumTopic,
  closeForumTopic: (call) => setClosed(call, true),
  reopenForumTopic: (call) => setClosed(call, false),
  deleteForumTopic,
  unpinAllForumTopicMessages,
  getForumTopicIconStickers: () => [],
}

const maxName = 128

function createForumTopic(call: Call): ForumTopic {
  const where = forum(call, "not enough rights to create a topic")
  const { args, world, bot } = call
  const icon = args.text("icon_custom_emoji_id")
  const iconColor = args.integer("icon_color", iconColors[0] ?? 0, 0, 0xffffff)
  if (!iconColors.includes(iconColor)) throw CallError.badRequest("TOPIC_ICON_COLOR_INVALID")
  const topic = createTopic(world, where, {
    by: userOfBot(bot.me),
    name: nameOf(call),
    iconColor,
    ...(icon !== "" && { iconCustomEmojiId: icon }),
  })
  return {
    message_thread_id: topic.id,
    name: topic.name,
    icon_color: iconColor,
    ...(icon !== "" && { icon_custom_emoji_id: icon }),
  }
}

function editForumTopic(call: Call): true {
  const where = forum(call, "not enough rights to edit the topic")
  const topic = topicOf(call, where)
  const icon = call.args.text("icon_custom_emoji_id")
  const name = call.args.text("name") === "" ? topic.name : nameOf(call)
  const isSame = name === topic.name && icon === (topic.iconCustomEmojiId ?? "")
  if (isSame) throw CallError.badRequest("TOPIC_NOT_MODIFIED")
  const changed = { ...topic, name, ...(icon !== "" && { iconCustomEmojiId: icon }) }
  where.topics.set(topic.id, changed)
  const said = {
    ...(name !== topic.name && { name }),
    ...(icon !== "" && { icon_custom_emoji_id: icon }),
  }
  const content = { ...inTopic(topic.id), forum_topic_edited: said }
  announce(call.world, where, { by: userOfBot(call.bot.me), content })
  return true
}

function setClosed(call: Call, isClosed: boolean): true {
  const where = forum(call, "not enough rights to edit the topic")
  const topic = topicOf(call, where)
  if (topic.isClosed === isClosed) throw CallError.badRequest("TOPIC_NOT_MODIFIED")
  setTopicClosed(call.world, where, { by: userOfBot(call.bot.me), topic, isClosed })
  return true
}

function deleteForumTopic(call: Call): true {
  const where = forum(call, "not enough rights to delete the topic")
  const { id } = topicOf(call, where)
  where.topics.delete(id)
  for (const { message_id, message_thread_id } of where.messages.values()) {
    if (message_thread_id === id) call.world.remove(where, message_id)
  }
  return true
}

function unpinAllForumTopicMessages(call: Call): true {
  const where = forum(call, "not enough rights to manage pinned messages in the chat")
  const { id } = topicOf(call, where)
  for (const pinned of where.pinned) {
    if (where.messages.get(pinned)?.message_thread_id === id) where.pinned.delete(pinned)
  }
  return true
}

function forum(call: Call, refusal: string): Conversation {
  const where = editableChat(call)
  if (where.chat.is_forum !== true) throw CallError.badRequest("the chat is not a forum")
  requireRight(call, where, "can_manage_topics", refusal)
  return where
}

function topicOf({ args }: Call, where: Conversation): Topic {
  const topic = where.topics.get(args.integer("message_thread_id", 0, 0, 2 ** 31 - 1))
  if (topic === undefined) throw CallError.badRequest("TOPIC_ID_INVALID")
  return topic
}

function nameOf({ args }: Call): string {
  const name = args.text("name").trim()
  if (name === "") throw CallError.badRequest("TOPIC_TITLE_EMPTY")
  return [...name].slice(0, maxName).join("")
}
