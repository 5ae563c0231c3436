import type { Message } from "@grammyjs/types"
import type { BotAccount } from "../delivery/bot-account.js"
import { withoutReply } from "../world/answered-message.js"
import { commandsShown } from "../world/commands-shown.js"
import type { Conversation } from "../world/conversation.js"
import { isEphemeral } from "../world/ephemeral-messages.js"
import { userOfBot } from "../world/identity.js"
import type { MessageContent } from "../world/world.js"
import type { Actor } from "./actor.js"

/**
 * Sends a message that only a bot sees, if it is an ephemeral command of that bot or answers an
 * ephemeral message of it. Returns `undefined` for every other message.
 */
export function postEphemeral(
  { person, world }: Actor,
  where: Conversation,
  content: MessageContent,
  answered: Message | undefined,
): Message | undefined {
  if (where.chat.type !== "group" && where.chat.type !== "supergroup") return undefined
  const isAnswer = answered !== undefined && isEphemeral(answered)
  const bot = isAnswer
    ? world.bots.get(answered.from.id)
    : botOfCommand({ person, world }, where, content.text ?? "")
  if (bot === undefined) return undefined
  const reply = isAnswer ? { reply_to_message: withoutReply(answered) } : {}
  return world.writeEphemeral(where, {
    ...{ from: person.user, receiver: userOfBot(bot.me) },
    content: { ...reply, ...content },
  })
}

/** Returns the bot in a group to whose ephemeral commands the command at the start of a text belongs. */
function botOfCommand(
  { person, world }: Actor,
  where: Conversation,
  text: string,
): BotAccount | undefined {
  if (!text.startsWith("/")) return undefined
  const [, name, username] = /^\/(\w+)(?:@(\w+))?/.exec(text) ?? []
  if (name === undefined) return undefined
  return [...where.bots].find((bot) => {
    const { language_code: language = "" } = person.user
    const shown = commandsShown(world.profiles.of(bot.me.id), "all_group_chats", language)
    const isNamed = username === undefined || username === bot.me.username
    return isNamed && shown.some(({ command, is_ephemeral }) => is_ephemeral && command === name)
  })
}
