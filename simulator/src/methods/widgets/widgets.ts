import type { Message } from "@grammyjs/types"
import { BoundedMap } from "../../ground/bounded-map.js"
import { CallError } from "../../ground/call-error.js"
import { nodeZlib } from "../../ground/node-zlib.js"
import type { Conversation } from "../../world/conversation.js"
import { type Widget, widgetOf } from "../../world/widget-book.js"
import type { MessageContent, World } from "../../world/world.js"
import { writableChat } from "../chat-argument.js"
import { deliver } from "../deliver.js"
import { tooOld } from "../inline/callbacks.js"
import { captionContent } from "../media/caption-argument.js"
import { ownMessage } from "../message-argument.js"
import type { Call, MethodTable } from "../method.js"
import { requiredText } from "../required-argument.js"

/** Methods for HTML widgets. */
export const widgetMethods: MethodTable = {
  sendWidget,
  sendSharedWidget,
  answerWidgetQuery,
  editMessageWidgetData,
  editSharedWidgetData,
}

const maxHtmlBytes = 32_768
const maxCompressedBytes = 4_096
const maxDataBytes = 1_024
const maxPixels = 10_000
/** The wait between two changes of a shared widget's data, in milliseconds. */
const changeMs = 1_000
/** The times of the last changes of shared widgets, in milliseconds. */
const changed = new WeakMap<World, BoundedMap<string, number>>()

function sendWidget(call: Call): Message {
  const { args, bot, world } = call
  const where = privateChat(call)
  const [width, height] = [pixels(call, "width"), pixels(call, "height")]
  const data = dataArgument(call, "public_data")
  const widget: Widget = {
    html: htmlArgument(call),
    ...(args.flag("is_shared") && { id: world.newInlineId() }),
    ...(width > 0 && { width }),
    ...(height > 0 && { height }),
    ...(data && { public_data: data }),
  }
  const mayAsk = args.flag("allow_queries")
  const message = send(call, where, widget, mayAsk)
  if (widget.id !== undefined) {
    world.widgets.shared.set(widget.id, { botId: bot.me.id, widget, mayAsk })
  }
  return message
}

function sendSharedWidget(call: Call): Message {
  const where = privateChat(call)
  const { widget, mayAsk } = sharedWidget(call)
  return send(call, where, widget, mayAsk)
}

function send(call: Call, where: Conversation, shared: Widget, mayAsk: boolean): Message {
  const data = dataArgument(call, "chat_data")
  const widget: Widget = { ...shared, ...(data && { chat_data: data }) }
  // Telegram protects each message with a widget.
  const content: MessageContent & { widget: Widget } = {
    ...captionContent(call.args),
    widget,
    has_protected_content: true,
  }
  const message = deliver(call, where, content)
  if (mayAsk) call.world.widgets.permit(call.bot.me.id, message)
  return message
}

function answerWidgetQuery(call: Call): true {
  const { args, bot, world } = call
  const id = requiredText(args, "widget_query_id")
  const answer = { data: dataArgument(call, "data") }
  if (!world.widgets.answer(id, bot.me.id, answer)) throw tooOld()
  return true
}

function editMessageWidgetData(call: Call): true {
  const { where, message } = ownMessage(call)
  const widget = widgetOf(message)
  if (widget === undefined) throw CallError.badRequest("there is no widget in the message to edit")
  const data = {
    public_data: dataArgument(call, "public_data"),
    chat_data: dataArgument(call, "chat_data"),
  }
  if (widget.id !== undefined && data.public_data !== undefined) {
    share(call.world, widget.id, data.public_data)
  }
  redraw(call.world, where, message, { ...widget, ...given(data) })
  return true
}

function editSharedWidgetData(call: Call): true {
  const { args, world } = call
  const { widget } = sharedWidget(call)
  const data = dataArgument(call, "public_data")
  if (data === undefined) throw CallError.badRequest('parameter "public_data" is required')
  if (args.text("cache_time") !== "") {
    const seconds = Number(args.text("cache_time"))
    if (!(seconds >= 5 && seconds <= 3_600)) {
      throw CallError.badRequest("wrong cache time specified")
    }
  }
  const id = widget.id ?? ""
  const times = changed.get(world) ?? new BoundedMap<string, number>()
  changed.set(world, times)
  const now = world.environment.clock.now()
  if ((times.get(id) ?? -Infinity) > now - changeMs) throw CallError.tooManyRequests(1)
  times.set(id, now)
  share(world, id, data)
  return true
}

/** Changes the data of a shared widget in all of its messages. */
function share(world: World, id: string, data: string): void {
  const known = world.widgets.shared.get(id)
  if (known) {
    world.widgets.shared.set(id, { ...known, widget: { ...known.widget, public_data: data } })
  }
  for (const where of world.conversations()) {
    for (const message of where.messages.values()) {
      const widget = widgetOf(message)
      if (widget?.id === id) redraw(world, where, message, { ...widget, public_data: data })
    }
  }
}

/** Replaces the widget of a message. An empty text clears its data. */
function redraw(world: World, where: Conversation, message: Message, widget: Widget): void {
  const { public_data, chat_data, ...fixed } = widget
  const drawn: Message & { widget: Widget } = {
    ...message,
    widget: {
      ...fixed,
      ...(public_data && { public_data }),
      ...(chat_data && { chat_data }),
    },
  }
  world.edit(where, drawn)
}

// On the production servers, a widget can be sent only to private chats.
function privateChat(call: Call): Conversation {
  const where = writableChat(call)
  if (where.chat.type !== "private") throw CallError.badRequest("INPUT_MEDIA_WIDGET_NOT_ALLOWED")
  return where
}

function sharedWidget({ args, bot, world }: Call) {
  const known = world.widgets.shared.get(requiredText(args, "widget_id"))
  if (known?.botId !== bot.me.id) throw CallError.badRequest("widget not found")
  return known
}

function htmlArgument({ args }: Call): string {
  const html = requiredText(args, "html")
  const bytes = Buffer.from(html)
  const isTooLarge =
    bytes.length > maxHtmlBytes ||
    nodeZlib().deflateSync(bytes, { level: 9 }).length > maxCompressedBytes
  if (isTooLarge) throw CallError.badRequest("INPUT_MEDIA_WIDGET_TOO_LARGE")
  return html
}

function pixels({ args }: Call, name: string): number {
  return args.integer(name, 0, 0, maxPixels)
}

/** Returns data of a widget; `undefined` for a parameter that is not given. */
function dataArgument({ args }: Call, name: string): string | undefined {
  if (![...args.names()].includes(name)) return undefined
  const data = args.text(name)
  if (Buffer.byteLength(data) <= maxDataBytes) return data
  throw CallError.badRequest(`${name.replace("_", " ")} of the widget is too long`)
}

function given(data: { readonly [name: string]: string | undefined }): Partial<Widget> {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined))
}
