import type { ForumTopic } from "@grammyjs/types"
import { CallError } from "../../ground/call-error.js"
import type { Conversation } from "../../world/conversation.js"
import { announce, createTopic, inTopic, keepTopic, setTopicClosed } from "../../world/forum.js"
import { userOfBot } from "../../world/identity.js"
import { unpin } from "../../world/pins.js"
import { generalTopic, generalTopicId, iconColors, type Topic } from "../../world/topic.js"
import { topicIcons } from "../../world/topic-icons.js"
import { editableChat } from "../chat-argument.js"
import { requireRight } from "../member-argument.js"
import type { Call, MethodTable } from "../method.js"

/** Methods for the topics of a forum. */
export const topicMethods: MethodTable = {
  createForumTopic,
  editForumTopic,
  closeForumTopic: (call) => setClosed(call, topicOf, true),
  reopenForumTopic: (call) => setClosed(call, topicOf, false),
  deleteForumTopic,
  unpinAllForumTopicMessages: (call) => unpinAll(call, topicOf),
  editGeneralForumTopic,
  closeGeneralForumTopic: (call) => setClosed(call, general, true),
  reopenGeneralForumTopic: (call) => setClosed(call, general, false),
  hideGeneralForumTopic: (call) => setHidden(call, true),
  unhideGeneralForumTopic: (call) => setHidden(call, false),
  unpinAllGeneralForumTopicMessages: (call) => unpinAll(call, general),
  getForumTopicIconStickers: ({ world }) => topicIcons(world),
}

const maxName = 128
const noEditing = "not enough rights to edit the topic"

type FindTopic = (call: Call, where: Conversation) => Topic

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
  const where = forum(call, noEditing)
  const topic = topicOf(call, where)
  const icon = call.args.text("icon_custom_emoji_id")
  const name = call.args.text("name") === "" ? topic.name : nameOf(call)
  const isSame = name === topic.name && icon === (topic.iconCustomEmojiId ?? "")
  if (isSame) throw notModified()
  const changed = { ...topic, name, ...(icon !== "" && { iconCustomEmojiId: icon }) }
  keepTopic(call.world, where, changed)
  const serviceContent = {
    ...(name !== topic.name && { name }),
    ...(icon !== "" && { icon_custom_emoji_id: icon }),
  }
  const content = { ...inTopic(topic.id), forum_topic_edited: serviceContent }
  announce(call.world, where, { by: userOfBot(call.bot.me), content })
  return true
}

function editGeneralForumTopic(call: Call): true {
  const where = forum(call, noEditing)
  const topic = general(call, where)
  const name = nameOf(call)
  if (name === topic.name) throw notModified()
  keepTopic(call.world, where, { ...topic, name })
  const content = { forum_topic_edited: { name } }
  announce(call.world, where, { by: userOfBot(call.bot.me), content })
  return true
}

function setClosed(call: Call, find: FindTopic, isClosed: boolean): true {
  const where = forum(call, noEditing)
  const topic = find(call, where)
  if (topic.isClosed === isClosed) throw notModified()
  setTopicClosed(call.world, where, { by: userOfBot(call.bot.me), topic, isClosed })
  return true
}

// Hiding the general topic also closes it, and it stays closed when it is shown again.
function setHidden(call: Call, isHidden: boolean): true {
  const where = forum(call, noEditing)
  const topic = general(call, where)
  if ((topic.isHidden === true) === isHidden) throw notModified()
  keepTopic(call.world, where, { ...topic, isHidden, isClosed: isHidden || topic.isClosed })
  const content = isHidden
    ? { general_forum_topic_hidden: {} }
    : { general_forum_topic_unhidden: {} }
  announce(call.world, where, { by: userOfBot(call.bot.me), content })
  return true
}

function deleteForumTopic(call: Call): true {
  const where = forum(call, "not enough rights to delete the topic")
  const { id } = topicOf(call, where)
  where.topics.delete(id)
  call.world.changes.announce({ kind: "chat", where })
  for (const { message_id, message_thread_id } of where.messages.values()) {
    if (message_thread_id === id) call.world.remove(where, message_id)
  }
  return true
}

function unpinAll(call: Call, find: FindTopic): true {
  const where = forum(call, "not enough rights to manage pinned messages in the chat")
  const { id } = find(call, where)
  const threadOf = (pinned: number) =>
    where.messages.get(pinned)?.message_thread_id ?? generalTopicId
  const there = [...where.pinned].filter((pinned) => threadOf(pinned) === id)
  unpin(call.world, where, there)
  return true
}

function forum(call: Call, refusal: string): Conversation {
  const where = editableChat(call)
  if (where.chat.is_forum !== true) throw CallError.badRequest("the chat is not a forum")
  requireRight(call, where, "can_manage_topics", refusal)
  return where
}

function topicOf({ args }: Call, where: Conversation): Topic {
  const id = args.integer("message_thread_id", 0, 0, 2 ** 31 - 1)
  const topic = id === generalTopicId ? undefined : where.topics.get(id)
  if (topic === undefined) throw CallError.badRequest("TOPIC_ID_INVALID")
  return topic
}

function general(_call: Call, where: Conversation): Topic {
  return where.topics.get(generalTopicId) ?? generalTopic()
}

function notModified(): CallError {
  return CallError.badRequest("TOPIC_NOT_MODIFIED")
}

function nameOf({ args }: Call): string {
  const name = args.text("name").trim()
  if (name === "") throw CallError.badRequest("TOPIC_TITLE_EMPTY")
  return [...name].slice(0, maxName).join("")
}
