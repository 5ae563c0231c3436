import type { Message } from "../../telegram/types.js"
import { SimulatedBot } from "../simulated-bot.js"
import { SimulatedGroup } from "../simulated-group.js"
import { tap as tapKey } from "../people/pressing.js"
import type { Written } from "../people/written.js"
import { SimulatedUser } from "../simulated-user.js"
import type { Conversation } from "../world/conversation.js"
import { findEntities } from "../world/entities.js"
import { conversationOf, personOf } from "./acting.js"
import { chatKey } from "./chat-key.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** What a person does in a chat. */
export const chatActions: ActionTable = { send, edit, press, tap, block }

const maxText = 4096

async function send(action: PageAction): Promise<object> {
  const { world } = action.parts
  const where = conversationOf(action)
  const written = writtenIn(action, where)
  const [bot] = where.bots
  const isPrivate = where.chat.type === "private" && bot !== undefined
  const to = isPrivate ? new SimulatedBot(bot) : new SimulatedGroup(where)
  const message = await new SimulatedUser(personOf(action), world).send(to, written)
  return { message_id: message.message_id }
}

function writtenIn({ input }: PageAction, where: Conversation): Written {
  const caption = input.optionalText("caption")
  const more = caption === undefined ? {} : { caption }
  if (input.has("photo")) return { photo: input.bytes("photo"), ...more }
  if (input.has("document")) {
    return { document: input.bytes("document"), file_name: input.text("file_name"), ...more }
  }
  const text = checkedText(input.text("text"))
  const entities = findEntities(text)
  const answered = input.has("reply_to") ? where.messages.get(input.integer("reply_to")) : undefined
  return {
    message: {
      text,
      ...(entities.length > 0 && { entities }),
      ...(answered !== undefined && { reply_to_message: withoutReply(answered) }),
    },
  }
}

// The type of an answered message admits no value under exactOptionalPropertyTypes.
function withoutReply(message: Message): NonNullable<Message["reply_to_message"]> {
  const { reply_to_message: _, ...rest } = message
  return rest as NonNullable<Message["reply_to_message"]>
}

function checkedText(given: string): string {
  const text = given.trim()
  if (text === "") throw new TypeError("A message needs a text")
  if ([...text].length <= maxText) return text
  throw new TypeError(`A message holds ${maxText} characters, this one is longer`)
}

function edit(action: PageAction): object {
  const { input, parts } = action
  const where = conversationOf(action)
  const message = where.messages.get(input.integer("message_id"))
  const editor = personOf(action)
  if (message?.from?.id !== editor.user.id) throw new TypeError("Only own messages can be edited")
  if (message.text === undefined) throw new TypeError("Only a text can be edited here")
  const text = checkedText(input.text("text"))
  const entities = findEntities(text)
  const { entities: _, ...rest } = message
  parts.world.rewrite(where, { ...rest, text, ...(entities.length > 0 && { entities }) })
  return {}
}

async function press(action: PageAction): Promise<object> {
  const { input, parts, feed } = action
  const where = conversationOf(action)
  const message = where.messages.get(input.integer("message_id"))
  if (message === undefined) throw new TypeError("The message is gone")
  const presser = personOf(action)
  const { id } = await new SimulatedUser(presser, parts.world).press(message, input.text("data"))
  const open = { person: presser.user.id, chat: chatKey(where), messageId: message.message_id }
  feed.presses.set(id, open)
  return { id }
}

function tap(action: PageAction): object {
  const actor = { person: personOf(action), world: action.parts.world }
  const options = { in: conversationOf(action) }
  const message = tapKey(actor, action.input.text("key"), options)
  return { message_id: message.message_id }
}

function block(action: PageAction): object {
  const { input, parts, feed } = action
  const blocker = personOf(action)
  const bot = parts.world.bots.get(input.integer("bot"))
  if (bot === undefined) throw new TypeError("There is no such bot")
  const user = new SimulatedUser(blocker, parts.world)
  if (blocker.blocked.has(bot.me.id)) user.unblock(new SimulatedBot(bot))
  else user.block(new SimulatedBot(bot))
  feed.personChanged(blocker.user.id)
  return {}
}
