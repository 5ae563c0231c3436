import type { BotAccount } from "../delivery/bot-account.js"
import type { Message } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { isAdministrator } from "./members.js"
import { isService } from "./service-messages.js"

/**
 * Whether a bot in a chat gets a message that it has not written. With privacy mode on it gets, of
 * what people write in a group, commands, what mentions it, answers to what it wrote, and what was
 * sent through it; as an administrator it gets everything.
 *
 * @see https://core.telegram.org/bots/features#privacy-mode
 */
export function isVisibleTo(bot: BotAccount, message: Message, where: Conversation): boolean {
  if (where.chat.type === "private" || where.chat.type === "channel") return true
  if (bot.me.can_read_all_group_messages || isService(message)) return true
  const status = where.members.get(bot.me.id)
  if (status !== undefined && isAdministrator(status)) return true
  return isMeantFor(bot, message, where)
}

function isMeantFor(bot: BotAccount, message: Message, where: Conversation): boolean {
  if (message.via_bot?.id === bot.me.id) return true
  const answered = message.reply_to_message
  // What is written in a topic answers the message that made it; nobody is meant by that.
  if (answered?.from?.id === bot.me.id && answered.forum_topic_created === undefined) return true
  const text = message.text ?? message.caption ?? ""
  const entities = message.entities ?? message.caption_entities ?? []
  return entities.some(({ type, offset, length }) => {
    const shown = text.slice(offset, offset + length).toLowerCase()
    if (type === "mention") return shown === `@${bot.me.username.toLowerCase()}`
    return type === "bot_command" && isCommandFor(bot, shown, where)
  })
}

function isCommandFor(bot: BotAccount, command: string, where: Conversation): boolean {
  const name = command.split("@")[1]
  if (name !== undefined) return name === bot.me.username.toLowerCase()
  return where.lastBot === undefined || where.lastBot === bot
}
