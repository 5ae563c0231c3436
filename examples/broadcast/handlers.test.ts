import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("readers get the news once, and blocked chats are forgotten", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "news_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  const ada = telegram.user({ first_name: "Ada" })
  register(updater.dispatcher, ada.id)
  await updater.startPolling()

  const readers = ["Bob", "Eve", "Max"].map((first_name) => telegram.user({ first_name }))
  for (const reader of readers) {
    await reader.send(account, "/start")
    await reader.hears()
  }
  readers[2]!.block(account)

  await readers[0]!.send(account, "/news Mine")
  assert.equal((await readers[0]!.hears()).text, "Only the editor may do that.")
  await ada.send(account, "/news The shop opens on Monday.")
  const started = (await ada.hears()).text ?? ""
  for (const reader of readers.slice(0, 2)) {
    assert.equal((await reader.hears({ timeoutMs: 20_000 })).text, "The shop opens on Monday.")
  }

  const progress = started.replace("Started: ", "")
  let said = ""
  while (!said.startsWith("done")) {
    await ada.send(account, progress)
    said = (await ada.hears()).text ?? ""
  }
  assert.equal(said, "done: 2 of 3 sent, 1 blocked")
  await ada.send(account, "/news Again")
  await ada.send(account, (await ada.hears()).text?.replace("Started: ", "") ?? "")
  assert.match((await ada.hears()).text ?? "", /of 2 sent/)
})
