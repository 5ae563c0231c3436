import type { BotAccount } from "../account/bot-account.js"
import type { Message } from "../../telegram/types.js"
import type { Conversation } from "./conversation.js"

/**
 * Whether a bot in a group gets a person's message. With privacy mode on it gets commands, what
 * mentions it, and answers to what it wrote.
 *
 * @see https://core.telegram.org/bots/features#privacy-mode
 */
export function isVisibleTo(bot: BotAccount, message: Message, where: Conversation): boolean {
  if (where.chat.type === "private" || bot.me.can_read_all_group_messages) return true
  if (message.reply_to_message?.from?.id === bot.me.id) return true
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
