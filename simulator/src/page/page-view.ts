import { Arguments } from "../arguments/arguments.js"
import type { BotAccount } from "../delivery/bot-account.js"
import type { FaultPlan } from "../http/fault.js"
import { faultWords } from "../http/faulty-answer.js"
import { methods } from "../methods/methods.js"
import type { ChatMember } from "@grammyjs/types"
import { commandsShown } from "../world/commands-shown.js"
import type { Conversation } from "../world/conversation.js"
import { isAdministrator } from "../world/members.js"
import type { Person } from "../world/person.js"
import type { Topic } from "../world/topic.js"
import type { World } from "../world/world.js"
import { chatKey } from "./chat-key.js"
import { markView } from "./mark-view.js"
import { placedMessage } from "./placed-message.js"
import { keyboardsView } from "./keyboard-view.js"
import type {
  PageBot,
  PageChat,
  PageFault,
  PageMessages,
  PagePerson,
  PageReceiving,
  PageTopic,
} from "./protocol.js"

const messagesAtOnce = 100
/** The number of messages that are loaded before a requested message. */
const contextBefore = 20

/** Returns a bot for the page. */
export function botView(world: World, bot: BotAccount): PageBot {
  const { id, username, first_name, supports_inline_queries: hasInlineMode } = bot.me
  const commands = commandsShown(world.profiles.of(bot.me.id), "all_private_chats", "en")
  return { id, token: bot.token, username, first_name, hasInlineMode, commands }
}

/** Returns a person for the page. */
export function personView(person: Person): PagePerson {
  const { user, blocked } = person
  return { user, blocked: [...blocked], keyboards: keyboardsView(person) }
}

/** Returns an entry of the page's list of chats. */
export function chatView(where: Conversation): PageChat {
  const last = [...where.messages.values()].at(-1)
  const pinned = where.messages.get([...where.pinned].at(-1) ?? 0)
  return {
    key: chatKey(where),
    chat: where.chat,
    ...(where.owner && { title: `${where.chat.first_name} & ${where.owner.user.first_name}` }),
    people: [...where.people].map(({ user }) => user.id),
    bots: [...where.bots].map(({ me }) => me.id),
    administrators: [...where.members.values()]
      .filter(isHumanAdministrator)
      .map(({ user }) => user.id),
    topics: [...where.topics.values()].map(topicView),
    count: where.messages.size,
    pinnedIds: [...where.pinned],
    ...(last !== undefined && { last }),
    ...(pinned !== undefined && { pinned }),
  }
}

function isHumanAdministrator(who: ChatMember): boolean {
  return isAdministrator(who) && !who.user.is_bot
}

function topicView({ id, name, iconColor, isClosed, isHidden = false }: Topic): PageTopic {
  return { id, name, iconColor, isClosed, isHidden }
}

/** Returns the planned faults for the page. */
export function faultsView({ planned }: FaultPlan): PageFault[] {
  return planned.map(({ id, method, fault, left }) => ({
    ...{ id, method, left },
    words: faultWords(fault),
  }))
}

/** Returns the bot's way of receiving, with the result of `getWebhookInfo`. */
export function receivingView(world: World, bot: BotAccount, hasPolled: boolean): PageReceiving {
  const answer = methods.get("getwebhookinfo")?.({ bot, args: new Arguments(), world })
  // The method returns an object.
  const info = answer as Record<string, unknown>
  return { bot: bot.me.id, isPolling: bot.poll.isWaiting || hasPolled, info }
}

/**
 * Returns the last 100 messages of a chat before the message with an id.
 *
 * @param from the id of a message up to which further messages are returned
 */
export function messagesBefore(
  world: World,
  where: Conversation,
  { before, from = before }: { before: number; from?: number },
): PageMessages {
  const ephemeral = Array.from(where.ephemeral.values(), (each) => placedMessage(where, each))
  const all = [...where.messages.values(), ...ephemeral].sort((a, b) => a.message_id - b.message_id)
  const older = all.filter(({ message_id }) => message_id < before)
  const wanted = older.filter(({ message_id }) => message_id >= from).length + contextBefore
  const messages = older.slice(-Math.max(messagesAtOnce, wanted))
  const marks = messages.flatMap((message) => {
    const mark = markView(world, where, message)
    return mark === undefined ? [] : [[message.message_id, mark] as const]
  })
  return { messages, marks: Object.fromEntries(marks), more: older.length > messages.length }
}
