import { createServer } from "node:http"
import type { AddressInfo } from "node:net"
import { expect, test } from "vitest"
import { Simulator } from "../src/index.js"

async function call(telegram: Simulator, token: string, method: string, params: object = {}) {
  const response = await fetch(`${telegram.apiRoot}/bot${token}/${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(params),
  })
  return (await response.json()) as { ok: boolean; result: never; description?: string }
}

test("a bot receives a message by polling, and the person receives its answer", async () => {
  await using telegram = await Simulator.start({ seed: 1 })
  const bot = telegram.bot({ username: "test_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  expect(await call(telegram, bot.token, "getMe")).toMatchObject({
    ok: true,
    result: { id: bot.id, username: "test_bot", is_bot: true },
  })
  const polled = call(telegram, bot.token, "getUpdates", { timeout: 50 })
  await ada.send(bot, "/start now")
  expect((await polled).result).toMatchObject([
    {
      message: {
        text: "/start now",
        chat: { id: ada.id, type: "private" },
        entities: [{ type: "bot_command", offset: 0, length: 6 }],
      },
    },
  ])
  const sent = await call(telegram, bot.token, "sendMessage", { chat_id: ada.id, text: "Hello" })
  expect(await ada.hears()).toMatchObject(sent.result)
  expect(telegram.calls.last).toMatchObject({ method: "sendMessage", status: 200 })
})

test("a local webhook receives the update, and its answer contains a call", async () => {
  await using telegram = await Simulator.start({ local: true })
  const bot = telegram.bot()
  const ada = telegram.user({ first_name: "Ada" })
  const server = createServer((request, response) => {
    request.resume().on("end", () => {
      response.setHeader("Content-Type", "application/json")
      response.end(JSON.stringify({ method: "sendMessage", chat_id: ada.id, text: "by reply" }))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as AddressInfo
  const url = `http://127.0.0.1:${port}/hook`
  expect(await call(telegram, bot.token, "setWebhook", { url })).toEqual({
    ok: true,
    result: true,
    description: "Webhook was set",
  })
  await ada.send(bot, "hi")
  expect(await ada.hears()).toMatchObject({ text: "by reply" })
  server.close()
})
