import { SimulatedBot } from "../people/simulated-bot.js"
import { tap as tapKey } from "../people/buttons.js"
import type { Written } from "../people/message-content.js"
import { SimulatedUser } from "../people/simulated-user.js"
import { conversationOf, personOf, placeWrittenTo } from "./acting.js"
import type { ActionInput } from "./action-input.js"
import { chatKey } from "./chat-key.js"
import type { ActionTable, PageAction } from "./page-action.js"

/** Actions of a person in a chat: messages, button presses, payments and blocks. */
export const chatActions: ActionTable = { send, edit, press, tap, pay, block }

const maxText = 4096

async function send(action: PageAction): Promise<object> {
  const { input, parts } = action
  const to = placeWrittenTo(action)
  const reply_to = input.has("reply_to")
    ? conversationOf(action).messages.get(input.integer("reply_to"))
    : undefined
  const user = new SimulatedUser(personOf(action), parts.world)
  const { message_id } = await user.send(to, writtenIn(input), {
    ...(reply_to !== undefined && { reply_to }),
    ...(input.has("topic") && { message_thread_id: input.integer("topic") }),
  })
  return { message_id }
}

function writtenIn(input: ActionInput): Written {
  const caption = input.optionalText("caption")
  const more = caption === undefined ? {} : { caption }
  if (input.has("photo")) return { photo: input.bytes("photo"), ...more }
  if (input.has("document")) {
    return { document: input.bytes("document"), file_name: input.text("file_name"), ...more }
  }
  return checkedText(input.text("text"))
}

function checkedText(given: string): string {
  const text = given.trim()
  if (text === "") throw new TypeError("A message needs a text")
  if ([...text].length <= maxText) return text
  throw new TypeError(`A message holds ${maxText} characters, this one is longer`)
}

async function edit(action: PageAction): Promise<object> {
  const { input, parts } = action
  const message = conversationOf(action).messages.get(input.integer("message_id"))
  if (message === undefined) throw new TypeError("The message is gone")
  const text = checkedText(input.text("text"))
  await new SimulatedUser(personOf(action), parts.world).edit(message, text)
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

async function pay(action: PageAction): Promise<object> {
  const { input, parts } = action
  const message = conversationOf(action).messages.get(input.integer("message_id"))
  if (message?.invoice === undefined) throw new TypeError("There is no such invoice")
  const payment = await new SimulatedUser(personOf(action), parts.world).pay(message)
  if (!payment.ok) throw new TypeError(`Not paid: ${payment.error}`)
  return { message_id: payment.message.message_id }
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
