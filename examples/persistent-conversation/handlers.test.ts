import assert from "node:assert/strict"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { SqliteQueue } from "sounder/sqlite"
import { register } from "./handlers.ts"

test("a dialog goes on after a restart, and the facts are kept", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "interview_bot" })
  const ada = telegram.user({ first_name: "Ada" })
  const folder = await mkdtemp(join(tmpdir(), "interview-"))

  /** Runs the bot with the stored updates and dialogs while `talk` runs. */
  async function withBot(talk: () => Promise<void>) {
    await using queue = new SqliteQueue({ path: join(folder, "updates.db") })
    await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
    await using updater = new Updater({ bot, queue })
    register(updater.dispatcher)
    await updater.startPolling()
    await talk()
  }

  await withBot(async () => {
    await ada.send(account, "/start")
    assert.equal((await ada.hears()).text, "Hi! I know nothing about you.")
    await ada.hears()
    await ada.tap("Favourite colour")
    assert.equal((await ada.hears()).text, "Favourite colour?")
  })
  await withBot(async () => {
    await ada.send(account, "Blue")
    assert.equal((await ada.hears()).text, "What will you tell me?")
    await ada.tap("Done")
    assert.match((await ada.hears()).text ?? "", /Favourite colour: Blue/)
  })
  await withBot(async () => {
    await ada.send(account, "/start")
    assert.equal((await ada.hears()).text, "Welcome back!\nFavourite colour: Blue")
  })
  await rm(folder, { recursive: true })
})
