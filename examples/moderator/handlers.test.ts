import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("links and rude words are deleted, and the third warning silences", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "moderator_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher, ["stupid"])
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })
  const bob = telegram.user({ first_name: "Bob" })
  const club = telegram.supergroup({ title: "Club" }, ada, account)
  await ada.promote(club, account, ["can_delete_messages", "can_restrict_members"])

  // From the first poll on, Telegram sends changes of members.
  await ada.send(club, "/rules")
  await ada.hears()
  await bob.join(club)
  assert.equal((await bob.hears()).text, "Welcome, Bob! Please read the /rules.")
  await bob.send(club, "Good morning")
  await bob.send(club, "Look: https://example.com")
  assert.equal((await bob.hears()).text, "Bob: Links are not allowed. Warning 1.")
  await ada.send(club, "I may: https://example.com")
  await bob.send(club, "How STUPID")
  assert.equal((await bob.hears()).text, "Bob: Please be polite. Warning 2.")
  await bob.send(club, "example.com")
  assert.equal((await bob.hears()).text, "Bob: Links are not allowed. Silence for an hour.")
  await assert.rejects(() => bob.send(club, "Hello?"), TypeError)
})

test("an administrator forgives; a flood silences", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "moderator_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher, [])
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })
  const bob = telegram.user({ first_name: "Bob" })
  const club = telegram.supergroup({ title: "Club" }, ada, bob, account)
  await ada.promote(club, account, ["can_delete_messages", "can_restrict_members"])

  const flood = []
  for (let count = 1; count <= 6; count += 1) flood.push(await bob.send(club, `Message ${count}`))
  assert.equal((await bob.hears()).text, "Bob writes too fast, and is silent for an hour.")
  await ada.send(club, "/forgive", { reply_to: flood[0]! })
  assert.equal((await bob.hears()).text, "Bob: forgive.")
  const mine = await bob.send(club, "/ban", { reply_to: await ada.send(club, "Hello") })
  assert.ok(mine)
  assert.equal((await bob.hears()).text, "Only administrators may do that.")
})
