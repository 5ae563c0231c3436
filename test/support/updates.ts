import { Bot, type ApiCall } from "../../src/bot/index.js"
import { type Context, Dispatcher } from "../../src/dispatch/index.js"
import type { Message, Update } from "../../src/telegram/types.js"

export const token = "110:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
export const ada = { id: 7, is_bot: false, first_name: "Ada", username: "ada_l" }
export const adasChat = { id: 7, type: "private" as const, first_name: "Ada" }
export const group = { id: -100, type: "supergroup" as const, title: "Club" }
export const channel = { id: -200, type: "channel" as const, title: "News" }

let lastId = 0

/** Returns an update of any type, of which a test gives only some fields. */
export function updateWith(content: object): Update {
  return { update_id: (lastId += 1), ...content }
}

/** Returns a new message with these additional fields. */
export function messageUpdate(fields: object): Update {
  return updateWith({ message: messageOf(fields) })
}

/** Returns a message. */
export function messageOf(fields: object): Message {
  return { message_id: 11, date: 1, chat: adasChat, from: ada, ...fields }
}

/** Returns a new text message; a leading command is marked as by Telegram. */
export function textUpdate(text: string, fields: object = {}): Update {
  const command = /^\/[^\s]*/.exec(text)?.[0]
  const entity = command && { type: "bot_command", offset: 0, length: command.length }
  return messageUpdate({ text, ...(entity && { entities: [entity] }), ...fields })
}

/** Returns a press of a button under a message of the bot. */
export function pressUpdate(data: string, fields: object = {}): Update {
  const message = messageOf({ from: undefined, text: "Menu" })
  return updateWith({
    callback_query: { id: "q1", from: ada, chat_instance: "1", data, message, ...fields },
  })
}

/** Returns a bot whose calls are recorded and answered without a request. */
export function keptBot(answer: (call: ApiCall) => unknown = () => true): {
  readonly bot: Bot
  readonly calls: { readonly method: string; readonly params: unknown }[]
} {
  const calls: { method: string; params: unknown }[] = []
  const onCall = async (call: ApiCall) => {
    calls.push({ method: call.method, params: call.params })
    return answer(call)
  }
  return { bot: new Bot(token, { onCall }), calls }
}

/** Returns a bot that knows its name. */
export function namedBot(): Bot {
  const me = { id: 110, is_bot: true, first_name: "Bot", username: "Suite_Bot" }
  return new Bot(token, { me: me as never, onCall: async () => true })
}

/** Calls a function with the context of an update. Rethrows its error. */
export async function withContext(
  bot: Bot,
  update: Update,
  act: (ctx: Context<never>) => unknown,
): Promise<void> {
  const dispatcher = new Dispatcher({ bot })
  let failure: unknown
  dispatcher.catch((error) => (failure = error.cause))
  // The methods are tried on every type of update, also if their types forbid it.
  dispatcher.use((ctx) => act(ctx as Context<never>))
  await dispatcher.process(update)
  if (failure !== undefined) throw failure
}
