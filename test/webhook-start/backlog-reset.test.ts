import { once } from "node:events"
import { createServer } from "node:http"
import { expect, test } from "vitest"
import { Bot } from "../../src/bot/index.js"
import { Simulator } from "@sounder/simulator"
import { Updater } from "../../src/updater.js"
import { freePort } from "../support/free-port.js"
import { untilTrue } from "../support/waiting.js"

const chat = { id: 7, type: "private", first_name: "Ada" } as const
const from = { id: 7, is_bot: false, first_name: "Ada" } as const
const date = Math.floor(Date.now() / 1000)
const message = { message_id: 1, date, chat, from, text: "before" } as const

test("updates that could not be delivered before a start arrive at once after it, in order", async () => {
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "late_bot" })
  const port = await freePort()
  const seen: string[] = []
  const open = () => {
    const bot = new Bot(account.token, { apiRoot: telegram.apiRoot, localMode: true })
    const updater = new Updater({ bot })
    updater.dispatcher.use(({ update }) => {
      seen.push(update.message?.text ?? update.callback_query?.data ?? "")
    })
    const webhookUrl = `http://127.0.0.1:${port}/hook`
    return { updater, start: () => updater.startWebhook({ port, webhookUrl }) }
  }
  const first = open()
  await first.start()
  await first.updater.stop()
  // A proxy whose bot is away.
  const proxy = createServer((_, response) => response.writeHead(502).end())
  await once(proxy.listen(port, "127.0.0.1"), "listening")
  account.push({ message })
  // The attempts at 0, 0 and 2 s have failed; the next one is 4 s later.
  await untilTrue(() => telegram.deliveries.filter(() => true).length >= 3)
  proxy.close()
  proxy.closeAllConnections()
  await once(proxy, "close")
  account.push({
    callback_query: { id: "1", from, chat_instance: "1", message, data: "after" },
  })
  const second = open()
  const startedAt = performance.now()
  await second.start()
  await untilTrue(() => seen.length === 2)
  expect(performance.now() - startedAt).toBeLessThan(3_500)
  expect(seen).toEqual(["before", "after"])
  await second.updater.stop()
})
