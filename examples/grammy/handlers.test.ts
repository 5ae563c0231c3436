import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { receive } from "sounder/grammy"
import { SqliteQueue } from "sounder/sqlite"
import { botOf } from "./handlers.ts"

test("a conversation of grammY goes on after a restart of the bot", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "pizza_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  const folder = await mkdtemp(join(tmpdir(), "pizza-"))

  /** Runs the bot with the stored updates and conversations while `talk` runs. */
  async function withBot(talk: () => Promise<void>) {
    await using queue = new SqliteQueue({ path: join(folder, "updates.db") })
    await using updater = receive(botOf(account.token, telegram.apiRoot), { queue })
    await updater.startPolling()
    await talk()
  }

  await withBot(async () => {
    await ada.send(account, "/order")
    assert.equal((await ada.hears()).text, "Which pizza?")
  })
  await withBot(async () => {
    await ada.send(account, "Margherita")
    const question = await ada.hears()
    assert.equal(question.text, "One Margherita: right?")
    await ada.press(question, "Yes")
    assert.equal((await ada.hears()).text, "Ordered!")
    await ada.send(account, "/mine")
    assert.equal((await ada.hears()).text, "Margherita")
  })
  await rm(folder, { recursive: true })
})
