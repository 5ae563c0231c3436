import assert from "node:assert/strict"
import { once } from "node:events"
import type { AddressInfo } from "node:net"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, deriveSecretToken, Dispatcher, MemoryQueue } from "sounder"
import { register } from "./handlers.ts"
import { serverOf } from "./server.ts"

test("one server receives updates and the reports of other programs", async () => {
  // `local` permits a webhook over plain HTTP on this machine.
  await using telegram = await Simulator.start({ local: true })
  const account = telegram.bot({ username: "report_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  const queue = new MemoryQueue()
  const dispatcher = new Dispatcher({ bot, queue })
  register(dispatcher)
  dispatcher.start()
  const server = serverOf({ bot, queue, apiKey: "a key" }).listen(0, "127.0.0.1")
  await once(server, "listening")
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const secret_token = deriveSecretToken(bot.token)
  await bot.setWebhook({ url: `${url}/telegram`, secret_token })
  const send = (body: object, key = "a key") =>
    fetch(`${url}/reports`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    })

  try {
    const ada = telegram.user({ first_name: "Ada" })
    await ada.send(account, "Hello")
    assert.equal((await ada.hears()).text, "Hello")

    const report = { id: "build 7", chat: ada.id, text: "The build has ended" }
    assert.equal((await send(report)).status, 202)
    assert.equal((await send(report)).status, 202)
    assert.equal((await send({ ...report, id: "build 8" })).status, 202)
    assert.equal((await ada.hears()).text, "Report: The build has ended")
    assert.equal((await ada.hears()).text, "Report: The build has ended")
    await ada.send(account, "Only two")
    assert.equal((await ada.hears()).text, "Only two")

    assert.equal((await send(report, "another key")).status, 401)
    assert.equal((await send({ id: "build 9" })).status, 400)
    const forged = await fetch(`${url}/telegram`, { method: "POST", body: "{}" })
    assert.equal(forged.status, 401)
  } finally {
    server.closeAllConnections()
    server.close()
    await dispatcher.stop()
  }
})
