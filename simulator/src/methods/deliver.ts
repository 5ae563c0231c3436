import type { ForceReply, KeyboardButton, Message } from "@grammyjs/types"
import { CallError } from "../ground/call-error.js"
import type { Conversation } from "../world/conversation.js"
import type { Person } from "../world/person.js"
import type { MessageContent } from "../world/world.js"
import { userOfBot } from "../world/identity.js"
import { plainMessage } from "../world/rich/rich-plain.js"
import { kindOf } from "../world/posting-rules.js"
import { ephemeralReceiver } from "./ephemeral-receiver.js"
import { markupArgument, peoplesMarkup, type PeoplesMarkup } from "./markup-argument.js"
import { messageOptions } from "./message-options.js"
import { declineReplaced } from "./posts/suggested-posts.js"
import { replyArgument } from "./reply-options.js"
import type { Call } from "./method.js"

/** Throws for invalid options of a message. Telegram checks them before it looks for the chat. */
export function checkMessageArguments({ args }: Call): void {
  replyArgument(args)
  markupArgument(args)
}

// The documentation states the condition, and this error only for the creation of a bot.
function refuseBotRequests(markup: PeoplesMarkup): void {
  const keys = "keyboard" in markup ? markup.keyboard.flat() : []
  const isRequest = (key: KeyboardButton) => typeof key !== "string" && "request_managed_bot" in key
  if (keys.some(isRequest)) throw CallError.badRequest("MANAGER_PERMISSION_MISSING")
}

/** Sends a message of the bot, with the options that every message may have. */
export function deliver(call: Call, where: Conversation, content: MessageContent): Message {
  const markup = peoplesMarkup(call.args) ?? requestBelow(call)
  if (where.owner !== undefined && markup !== undefined) {
    throw CallError.badRequest("reply keyboards can't be sent on behalf of a business account")
  }
  if (markup !== undefined && !call.bot.me.can_manage_bots) refuseBotRequests(markup)
  const options = messageOptions(call, where)
  const receiver = ephemeralReceiver(call, where, kindOf(content))
  call.world.rateLimits?.count(call.bot.me.id, where.chat)
  const all = { ...content, ...options }
  const message = receiver
    ? call.world.writeEphemeral(where, {
        ...{ from: userOfBot(call.bot.me), receiver: receiver.user },
        content: all,
      })
    : call.world.writeAs(call.bot, where, all)
  declineReplaced(call, where, message)
  if (markup !== undefined) {
    for (const person of receiver ? [receiver] : addressees(where, message, markup)) {
      const key = `${call.bot.me.id}:${where.chat.id}`
      person.keyboards.delete(key)
      if (!("remove_keyboard" in markup)) {
        person.keyboards.set(key, { markup, message, botId: call.bot.me.id })
      }
      call.world.changes.announce({ kind: "keyboards", person })
    }
  }
  return message
}

/** Returns the request for a reply of an inline keyboard; `undefined` without one. */
function requestBelow({ args }: Call): ForceReply | undefined {
  return markupArgument(args)?.force_reply === true ? { force_reply: true } : undefined
}

// A selective keyboard is shown to people whom the message mentions or answers.
function addressees(
  where: Conversation,
  message: Message,
  markup: { selective?: boolean },
): Iterable<Person> {
  if (markup.selective !== true || where.chat.type === "private") return where.people
  const rich = message.rich_message && plainMessage(message.rich_message)
  const text = (message.text ?? message.caption ?? rich ?? "").toLowerCase()
  return [...where.people].filter(({ user }) => {
    const name = user.username === undefined ? undefined : `@${user.username.toLowerCase()}`
    const isMentioned = name !== undefined && text.includes(name)
    return isMentioned || message.reply_to_message?.from?.id === user.id
  })
}
