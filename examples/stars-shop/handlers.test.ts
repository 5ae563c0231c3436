import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

test("a person buys, sees the purchases, and gives one back", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "shop_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher)
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/start")
  const offers = await ada.hears()
  await ada.press(offers, "A song: 25 ⭐")
  const invoice = await ada.hears()
  assert.equal(invoice.invoice?.total_amount, 25)
  assert.equal((await ada.pay(invoice)).ok, true)
  assert.equal((await ada.hears()).text, "Here is your song. Thank you!")

  await ada.send(account, "/mine")
  assert.equal((await ada.hears()).text, "You have: A song")
  await ada.send(account, "/refund")
  assert.equal((await ada.hears()).text, "You get your Stars back.")
  const { transactions } = await bot.getStarTransactions()
  assert.deepEqual(
    transactions.map(({ amount }) => amount),
    [25, 25],
  )
  await ada.send(account, "/refund")
  assert.equal((await ada.hears()).text, "There is nothing to give back.")
})
