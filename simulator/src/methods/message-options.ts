import { CallError } from "../ground/call-error.js"
import { withoutReply } from "../world/answered-message.js"
import type { Conversation } from "../world/conversation.js"
import { inTopic } from "../world/forum.js"
import { userOfBot } from "../world/identity.js"
import { hasRight } from "../world/members.js"
import { generalTopicId } from "../world/topic.js"
import type { MessageContent } from "../world/world.js"
import { markupArgument } from "./markup-argument.js"
import type { Call } from "./method.js"
import { directOptions } from "./posts/suggested-posts.js"
import { replyOptions } from "./reply-options.js"

/** Returns the options that every message of a bot may have: topic, keyboard, reply. */
export function messageOptions(call: Call, where: Conversation): MessageContent {
  const { args } = call
  if (args.flag("allow_paid_broadcast")) throw CallError.badRequest("FLOODSKIP_NOT_ALLOWED")
  const markup = markupArgument(args)
  return {
    ...threadOf(call, where),
    ...directOptions(call, where),
    ...replyOptions(call, where),
    ...(args.flag("protect_content") && { has_protected_content: true }),
    ...(args.text("message_effect_id") !== "" && { effect_id: args.text("message_effect_id") }),
    ...(markup !== undefined && { reply_markup: markup }),
  }
}

/** Returns the topic that `message_thread_id` names. Throws for a missing or closed topic. */
export function threadOf({ args, bot }: Call, where: Conversation): MessageContent {
  const given = args.integer("message_thread_id", 0, 0, 2 ** 31 - 1)
  const isForum = where.chat.is_forum === true
  if (given === 0 && !isForum) return {}
  const id = given === 0 ? generalTopicId : given
  const topic = where.topics.get(id)
  if (topic === undefined) throw CallError.badRequest("message thread not found")
  const managesTopics = hasRight(where.memberOf(userOfBot(bot.me)), "can_manage_topics")
  if (topic.isClosed && !managesTopics) throw CallError.badRequest("TOPIC_CLOSED")
  if (id === generalTopicId) return {}
  const created = where.messages.get(id)
  return { ...inTopic(id), ...(created && { reply_to_message: withoutReply(created) }) }
}
