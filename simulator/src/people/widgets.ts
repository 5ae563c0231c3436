import type { Message } from "@grammyjs/types"
import { type WidgetAnswer, widgetOf } from "../world/widget-book.js"
import { nameOf, type Actor } from "./actor.js"

/** A query that a widget has sent to its bot. */
export interface WidgetRequest {
  /** The id of the query. */
  readonly id: string
  /** Resolves with the bot's answer; `undefined` if the bot has not answered within 15 seconds. */
  readonly answered: Promise<WidgetAnswer | undefined>
}

/** The time that a bot has to answer, in milliseconds. */
const answerMs = 15_000
const maxDataBytes = 64

/** Lets the widget of a message send a query to its bot. */
export function queryWidget(actor: Actor, message: Message, data: string): WidgetRequest {
  const { person, world } = actor
  const bot = world.bots.get(message.from?.id ?? 0)
  const where = bot && world.conversation(bot, message.chat.id)
  const shown = where?.messages.get(message.message_id)
  const widget = shown && widgetOf(shown)
  if (!bot || !where?.people.has(person) || !widget) {
    throw new TypeError("Expected a message with a widget, in a chat of the person")
  }
  if (!world.widgets.mayAsk(bot.me.id, message)) {
    throw new TypeError("The bot has sent the widget without `allow_queries`")
  }
  const bytes = Buffer.byteLength(data)
  if (bytes < 1 || bytes > maxDataBytes) {
    throw new TypeError(`The data of a query have 1 to ${maxDataBytes} bytes, not ${bytes}`)
  }
  const { clock } = world.environment
  if (!world.widgets.count(person.user.id, clock.now())) {
    throw new TypeError(`Widgets of ${nameOf(actor)} have sent five queries within 5 seconds`)
  }
  const id = world.newId()
  const answer = world.widgets.opened(id, bot.me.id)
  bot.push("widget_query", {
    id,
    from: person.user,
    chat_instance: String(message.chat.id * 7919),
    type: { type: "data" },
    data,
    chat: message.chat,
    message_id: message.message_id,
    ...(widget.id !== undefined && { widget_id: widget.id }),
  })
  const late = new Promise<undefined>((resolve) => {
    const timer = clock.setTimeout(() => {
      world.widgets.expire(id)
      resolve(undefined)
    }, answerMs)
    void answer.then(() => timer.cancel())
  })
  return { id, answered: Promise.race([answer, late]) }
}
