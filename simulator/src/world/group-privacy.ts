import type { BotAccount } from "../delivery/bot-account.js"
import type { Message } from "@grammyjs/types"
import type { Conversation } from "./conversation.js"
import { isAdministrator } from "./members.js"
import { isService } from "./service-messages.js"

/**
 * Returns whether a bot gets another member's message in a chat. In privacy mode a bot gets, of
 * people's messages in a group: commands, mentions of the bot, replies to its messages, and
 * messages sent through it. An administrator gets everything.
 *
 * @see https://core.telegram.org/bots/features#privacy-mode
 */
export function isVisibleTo(bot: BotAccount, message: Message, where: Conversation): boolean {
  if (where.chat.type === "private" || where.chat.type === "channel") return true
  if (where.extras.parentChannel !== undefined) return true
  if (bot.me.can_read_all_group_messages || isService(message)) return true
  const status = where.members.get(bot.me.id)
  if (status !== undefined && isAdministrator(status)) return true
  return isMeantFor(bot, message, where)
}

function isMeantFor(bot: BotAccount, message: Message, where: Conversation): boolean {
  if (message.via_bot?.id === bot.me.id) return true
  const answered = message.reply_to_message
  // A message in a topic replies to the message that created the topic; that reply addresses
  // nobody.
  if (answered?.from?.id === bot.me.id && answered.forum_topic_created === undefined) return true
  const text = message.text ?? message.caption ?? ""
  const entities = message.entities ?? message.caption_entities ?? []
  return entities.some(({ type, offset, length }) => {
    const entityText = text.slice(offset, offset + length).toLowerCase()
    if (type === "mention") return entityText === `@${bot.me.username.toLowerCase()}`
    return type === "bot_command" && isCommandFor(bot, entityText, where)
  })
}

function isCommandFor(bot: BotAccount, command: string, where: Conversation): boolean {
  const name = command.split("@")[1]
  if (name !== undefined) return name === bot.me.username.toLowerCase()
  return where.lastBot === undefined || where.lastBot === bot
}
