import { SimulatedBot } from "../people/simulated-bot.js"
import { open, openAppOfKey, tap as tapKey } from "../people/buttons.js"
import { appAddressWith } from "../people/init-data.js"
import type { TapOptions } from "../people/keys.js"
import type { Written, WrittenFile } from "../people/message-content.js"
import { SimulatedUser } from "../people/simulated-user.js"
import {
  conversationOf,
  messageOf,
  messagesOf,
  personOf,
  placeWrittenTo,
  seenMessageOf,
} from "./acting.js"
import type { ActionInput } from "./action-input.js"
import { chatKey, chatOfKey } from "./chat-key.js"
import type { ActionTable, PageAction } from "./page-action.js"
import { pollIn } from "./share-actions.js"

/** Actions of a person in a chat: messages, forwards, button presses, payments and blocks. */
export const chatActions: ActionTable = {
  ...{ send, sendAlbum, forward, edit },
  ...{ press, tap, openApp, pay, queryWidget, stopDraft, block },
}

const maxText = 4096

async function send(action: PageAction): Promise<object> {
  const { input, parts } = action
  const to = placeWrittenTo(action)
  const reply_to = input.has("reply_to") ? seenMessageOf(action, "reply_to") : undefined
  const user = new SimulatedUser(personOf(action), parts.world)
  const { message_id } = await user.send(to, writtenIn(input), {
    ...(reply_to !== undefined && { reply_to }),
    ...(input.has("topic") && { message_thread_id: input.integer("topic") }),
  })
  return { message_id }
}

async function sendAlbum(action: PageAction): Promise<object> {
  const { input, parts } = action
  const files = input.objects("files").map(fileIn)
  const user = new SimulatedUser(personOf(action), parts.world)
  const topic = input.has("topic") ? { message_thread_id: input.integer("topic") } : {}
  const messages = await user.sendAlbum(placeWrittenTo(action), files, topic)
  return { message_ids: messages.map(({ message_id }) => message_id) }
}

async function forward(action: PageAction): Promise<object> {
  const user = new SimulatedUser(personOf(action), action.parts.world)
  const to = placeWrittenTo(action, "to")
  const messages = await user.forwardAll(messagesOf(action), to)
  return { message_ids: messages.map(({ message_id }) => message_id) }
}

const fileFields = ["photo", "video", "audio", "voice", "sticker", "document"] as const

function writtenIn(input: ActionInput): Written {
  return fileFields.some((name) => input.has(name))
    ? fileIn(input)
    : checkedText(input.text("text"))
}

function fileIn(input: ActionInput): WrittenFile {
  const [caption, mime_type, file_name] = ["caption", "mime_type", "file_name"].map((name) =>
    input.optionalText(name),
  )
  const facts = {
    ...(caption !== undefined && { caption }),
    ...(mime_type !== undefined && { mime_type }),
    ...(file_name !== undefined && { file_name }),
  }
  if (input.has("photo")) return { ...facts, photo: input.bytes("photo") }
  if (input.has("video")) return { ...facts, video: input.bytes("video") }
  if (input.has("audio")) return { ...facts, audio: input.bytes("audio") }
  if (input.has("voice")) return { ...facts, voice: input.bytes("voice") }
  if (input.has("sticker")) return { ...facts, sticker: input.bytes("sticker") }
  return { ...facts, document: input.bytes("document"), file_name: input.text("file_name") }
}

function checkedText(given: string): string {
  const text = given.trim()
  if (text === "") throw new TypeError("A message needs a text")
  if ([...text].length <= maxText) return text
  throw new TypeError(`A message has at most ${maxText} characters`)
}

async function edit(action: PageAction): Promise<object> {
  const { input, parts } = action
  const message = messageOf(action)
  const text = checkedText(input.text("text"))
  await new SimulatedUser(personOf(action), parts.world).edit(message, text)
  return {}
}

async function press(action: PageAction): Promise<object> {
  const { input, parts, feed } = action
  const where = conversationOf(action)
  const message = seenMessageOf(action)
  const presser = personOf(action)
  const { id } = await new SimulatedUser(presser, parts.world).press(message, input.text("data"))
  const open = {
    person: presser.user.id,
    chat: chatKey(where),
    messageId: input.number("message_id"),
  }
  feed.presses.set(id, open)
  return { id }
}

function tap(action: PageAction): object {
  const actor = { person: personOf(action), world: action.parts.world }
  const options = { in: conversationOf(action), ...chosenIn(action) }
  const message = tapKey(actor, action.input.text("key"), options)
  return { message_id: message.message_id }
}

/** Returns the content that a person has chosen for a key. */
function chosenIn({ input, parts }: PageAction): TapOptions {
  const data = input.optionalText("data")
  const [first_name, username] = ["first_name", "username"].map((name) => input.optionalText(name))
  const names = { ...(first_name && { first_name }), ...(username && { username }) }
  return {
    ...(input.has("users") && { users: input.integers("users").map((id) => ({ id })) }),
    ...(input.has("shared") && { chat: chatOfKey(parts.world, input.text("shared")).chat }),
    ...(input.has("question") && { poll: pollIn(input) }),
    ...(data !== undefined && { data }),
    bot: names,
  }
}

/** Returns the address of the Mini App that a button or a key opens. */
function openApp(action: PageAction): object {
  const { input, parts } = action
  const actor = { person: personOf(action), world: parts.world }
  if (input.has("key")) {
    return { url: openAppOfKey(actor, input.text("key"), conversationOf(action)) }
  }
  const opened = open(actor, seenMessageOf(action), input.text("text"))
  if (!("webApp" in opened)) throw new TypeError("This button opens no Web App")
  return { url: appAddressWith(opened.webApp, opened.initData) }
}

async function pay(action: PageAction): Promise<object> {
  const message = messageOf(action)
  if (message.invoice === undefined) throw new TypeError("There is no such invoice")
  const payment = await new SimulatedUser(personOf(action), action.parts.world).pay(message)
  if (!payment.ok) throw new TypeError(`Not paid: ${payment.error}`)
  return { message_id: payment.message.message_id }
}

async function queryWidget(action: PageAction): Promise<object> {
  const user = new SimulatedUser(personOf(action), action.parts.world)
  const { answered } = await user.queryWidget(messageOf(action), action.input.text("data"))
  const answer = await answered
  if (answer === undefined) throw new TypeError("The bot has not answered the widget within 15 s")
  return { ...(answer.data !== undefined && { data: answer.data }) }
}

async function stopDraft(action: PageAction): Promise<object> {
  const { input, parts } = action
  const person = personOf(action)
  const draft = person.lastDrafts.get(`${input.integer("bot")}:${input.integer("draft")}`)
  if (draft === undefined) throw new TypeError("There is no such draft")
  await new SimulatedUser(person, parts.world).stop(draft)
  return {}
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
