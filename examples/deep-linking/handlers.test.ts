import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

/** Returns the parameter of a deep link. */
function startOf(link = ""): string {
  return new URL(link).searchParams.get("start") ?? ""
}

test("a friend comes by the link of an invitation", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "friends_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  const bob = telegram.user({ first_name: "Bob" })
  await ada.send(account, "/invite")
  const link = (await ada.hears()).text
  assert.match(link ?? "", /^https:\/\/t\.me\/friends_bot\?start=/)
  await bob.send(account, `/start ${startOf(link)}`)
  assert.equal((await bob.hears()).text, `Welcome! User ${ada.id} has invited you.`)
})

test("a button opens the bot with a parameter, and unknown parameters are greeted", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "friends_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start made-up")
  const opened = ada.open(await ada.hears(), "Help")
  assert.ok("url" in opened)
  await ada.send(account, `/start ${startOf(opened.url)}`)
  assert.equal((await ada.hears()).text, "Invite your friends with /invite.")
})
