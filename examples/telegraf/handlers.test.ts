import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { SqliteQueue } from "sounder/sqlite"
import { receive } from "sounder/telegraf"
import { botOf } from "./handlers.ts"

test("a scene of Telegraf goes on after a restart of the bot", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "wizard_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  const folder = await mkdtemp(join(tmpdir(), "wizard-"))

  /** Runs the bot with the stored updates and sessions while `talk` runs. */
  async function withBot(talk: () => Promise<void>) {
    await using queue = new SqliteQueue({ path: join(folder, "updates.db") })
    await using updater = receive(botOf(account.token, telegram.apiRoot), { queue })
    await updater.startPolling()
    await talk()
  }

  await withBot(async () => {
    await ada.send(account, "/register")
    assert.equal((await ada.hears()).text, "Your name?")
    await ada.send(account, "Ada Lovelace")
    assert.equal((await ada.hears()).text, "Your age?")
  })
  await withBot(async () => {
    await ada.send(account, "very old")
    assert.equal((await ada.hears()).text, "A number, please.")
    await ada.send(account, "36")
    assert.equal((await ada.hears()).text, "Welcome, Ada Lovelace, 36!")
    await ada.send(account, "/register")
    await ada.hears()
    await ada.send(account, "/cancel")
    assert.equal((await ada.hears()).text, "Cancelled.")
  })
  await rm(folder, { recursive: true })
})
