import { expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Dispatcher, filters } from "../../src/dispatch/index.js"
import { MemoryQueue } from "../../src/queue/index.js"

const bot = new Bot("1:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", { apiRoot: "http://127.0.0.1:9" })
const chat = { id: 7, type: "private" as const, first_name: "Ada" }
let id = 1
const message = (text: string, entities?: object[]) =>
  ({
    update_id: id++,
    message: {
      message_id: 1,
      date: 1,
      chat,
      from: { id: 7, is_bot: false, first_name: "Ada" },
      text,
      ...(entities && { entities }),
    },
  }) as never

test("smoke", async () => {
  const seen: unknown[] = []
  const queue = new MemoryQueue()
  const d = new Dispatcher({ bot, queue })
  d.command("start", (ctx) => seen.push(["start", ctx.args, ctx.argument]))
  d.on(filters.regex(/b(.)/), (ctx) => seen.push(ctx.match[1]))
  d.on(filters.text, (ctx) => seen.push(ctx.message.text))
  d.use(async (_ctx, next) => {
    seen.push("before")
    await next()
  })
  d.catch((error) => seen.push(error.message))
  await d.process(message("/start a  b", [{ type: "bot_command", offset: 0, length: 6 }]))
  await d.process(message("abc"))
  await d.process(message("xx"))
  d.group(-1).on(filters.text, () => {
    throw new Error("oh")
  })
  await d.process(message("xx"))
  expect(seen).toEqual([
    ["start", ["a", "b"], "a  b"],
    "c",
    "xx",
    "A handler failed on update 4: oh",
    "xx",
  ])
  d.start()
  await queue.put({ botId: 1, update: message("queued") })
  expect(seen.at(-1)).toBe("queued")
  await d.stop()
  expect(d.allowedUpdates).toContain("callback_query")
})
