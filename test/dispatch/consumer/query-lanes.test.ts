import { expect, test } from "vitest"
import { Dispatcher, filters } from "../../../src/dispatch/index.js"
import { MemoryQueue } from "../../../src/queue/index.js"
import { SqliteQueue } from "../../../src/queue/sqlite/index.js"
import { pathsIn, temporaryFolder } from "../../support/temporary-folder.js"
import {
  ada,
  adasChat,
  messageOf,
  namedBot,
  textUpdate,
  updateWith,
} from "../../support/updates.js"
import { deferred, untilTrue } from "../../support/waiting.js"

const newPath = pathsIn(temporaryFolder())

test.each([
  ["MemoryQueue", () => new MemoryQueue()],
  ["SqliteQueue", () => new SqliteQueue({ path: newPath() })],
])(
  "%s: while a chat's handler runs, the person's queries are answered, and the payment waits",
  async (_, make) => {
    const bot = namedBot()
    const queue = make()
    const dispatcher = new Dispatcher({ bot, queue })
    const [seen, answer] = [[] as string[], deferred()]
    dispatcher.on(filters.text, () => answer.promise)
    dispatcher.preCheckoutQuery(() => void seen.push("checkout"))
    dispatcher.inlineQuery(() => void seen.push("inline"))
    dispatcher.widgetQuery(() => void seen.push("widget"))
    dispatcher.on(filters.successfulPayment, () => void seen.push("paid"))
    const puts = [
      textUpdate("a long question"),
      updateWith({ pre_checkout_query: { id: "p", from: ada, currency: "XTR", total_amount: 1 } }),
      updateWith({ inline_query: { id: "i", from: ada, query: "", offset: "" } }),
      updateWith({ widget_query: { id: "w", from: ada, chat: adasChat, data: "tap" } }),
      updateWith({
        message: messageOf({ chat: adasChat, successful_payment: { currency: "XTR" } }),
      }),
    ].map((update) => queue.put({ botId: bot.id, update }))
    dispatcher.start()
    await untilTrue(() => seen.length === 3)
    expect(seen.toSorted()).toEqual(["checkout", "inline", "widget"])
    answer.resolve()
    await untilTrue(() => seen.includes("paid"))
    await Promise.all(puts)
    await dispatcher.stop()
    await queue[Symbol.asyncDispose]()
  },
)
