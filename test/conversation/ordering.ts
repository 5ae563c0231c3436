import { Conversation, type ConversationOptions } from "../../src/conversation/index.js"
import { filters } from "../../src/dispatch/index.js"
import { dispatchedEach, textIn } from "../support/dispatched.js"
import { pass, settle, stopClockEach } from "../support/stopped-clock.js"
import { namedBot } from "../support/updates.js"

export type States = "size" | "address" | "confirm"
export interface Order {
  size: number
  address: string
}

/** Returns the functions of a test file whose time stands still. */
export function orderingEach() {
  const stage = dispatchedEach()
  const botId = namedBot().id
  stopClockEach()

  /** The conversation of the guide, which notes what it says instead of sending it. */
  function ordering(options: Partial<ConversationOptions<States, Order>> = {}) {
    const said: string[] = []
    const order = new Conversation("order", {
      states: ["size", "address", "confirm"],
      data: (): Order => ({ size: 0, address: "" }),
      ...options,
    })
    order.entryPoints.command("order", (ctx) => ctx.dialog.enter("size"))
    order.entering("size", () => void said.push("Which size?"))
    order.state("size").on(filters.regex(/^\d+$/), (ctx) => {
      ctx.dialog.data.size = Number(ctx.match[0])
      ctx.dialog.to("address")
    })
    order.entering("address", () => void said.push("Which address?"))
    order.state("address").on(filters.and(filters.text, filters.not(filters.command)), (ctx) => {
      ctx.dialog.data.address = ctx.message.text
      ctx.dialog.to("confirm")
    })
    order.entering("confirm", (ctx) => {
      said.push(`${ctx.dialog.data.size} to ${ctx.dialog.data.address}?`)
    })
    order.state("confirm").callbackQuery("yes", (ctx) => {
      said.push("Ordered.")
      ctx.dialog.end()
    })
    order.first.command("help", (ctx) => void said.push(`Help for ${ctx.dialog.state}`))
    order.fallbacks.command("cancel", (ctx) => {
      said.push("Cancelled.")
      ctx.dialog.end()
    })
    order.timeout(() => void said.push("Too late."))
    order.mount(stage.dispatcher)
    const outside = (text: string) => void said.push(`(${text})`)
    stage.dispatcher.on(filters.text, (ctx) => outside(ctx.message.text))
    stage.dispatcher.callbackQuery((ctx) => outside(`pressed ${ctx.callbackQuery.data}`))
    stage.dispatcher.start()
    return { order, said }
  }

  async function say(...texts: string[]): Promise<void> {
    for (const text of texts) await stage.put(textIn(7, text))
  }

  async function stored(key = "7:7", name = "order"): Promise<Record<string, unknown> | undefined> {
    const [entry] = await stage.queue.state.read([{ botId, space: `conversation ${name}`, key }])
    return entry && (JSON.parse(entry.json) as Record<string, unknown>)
  }

  return { stage, ordering, say, stored, pass, settle }
}
