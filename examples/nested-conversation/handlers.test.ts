import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("the inner dialog asks for each person, and the outer one lists the family", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "family_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  let list = await ada.hears()
  assert.equal(list.text, "Nobody yet.")

  await ada.press(list, "Add a parent")
  assert.equal((await ada.seesEdit()).text, "A new person:")
  assert.equal((await ada.hears()).text, "What is the name of the parent?")
  await ada.send(account, "Annabella")
  assert.match((await ada.hears()).text ?? "", /^How old/)
  await ada.send(account, "old")
  assert.match((await ada.hears()).text ?? "", /A number, please/)
  await ada.send(account, "67")
  list = await ada.hears()
  assert.equal(list.text, "parent: Annabella, 67")

  await ada.press(list, "Add a child")
  assert.equal((await ada.seesEdit()).text, "A new person:")
  await ada.hears()
  await ada.send(account, "Ralph")
  await ada.hears()
  await ada.send(account, "/unknown")
  list = await ada.hears()
  assert.equal(list.text, "parent: Annabella, 67\nchild: Ralph, of unknown age")

  await ada.press(list, "Done")
  assert.match((await ada.seesEdit()).text ?? "", /What a family!$/)
})

test("/cancel in the inner dialog ends both dialogs", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "family_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  await ada.press(await ada.hears(), "Add a child")
  await ada.hears()
  await ada.send(account, "/cancel")
  assert.match((await ada.hears()).text ?? "", /^Forgotten/)
  await ada.send(account, "Ralph")
  assert.equal((await ada.hears()).text, "/start begins.")
})
