import assert from "node:assert/strict"
import { test } from "node:test"
import { Simulator } from "@sounder/simulator"
import { Bot, Updater } from "sounder"
import { register } from "./handlers.ts"

const berlin = {
  country_code: "DE",
  state: "",
  city: "Berlin",
  street_line1: "Unter den Linden 1",
  street_line2: "",
  post_code: "10117",
}

test("a mug is paid with its delivery, and a drawing without", async () => {
  await using telegram = await Simulator.start()
  const account = telegram.bot({ username: "mug_bot" })
  await using bot = new Bot(account.token, { apiRoot: telegram.apiRoot })
  await using updater = new Updater({ bot })
  register(updater.dispatcher, "284685063:TEST:provider")
  await updater.startPolling()
  const ada = telegram.user({ first_name: "Ada" })

  await ada.send(account, "/shipping")
  const invoice = await ada.hears()
  const abroad = { ...berlin, country_code: "US" }
  const refused = await ada.pay(invoice, { shipping_address: abroad })
  assert.deepEqual(refused, { ok: false, error: "We do not send to your country." })
  await ada.pay(invoice, { shipping_address: berlin, shipping_option_id: "express" })
  assert.equal((await ada.hears()).text, "Thank you for the mug! We send it by express.")

  await ada.send(account, "/download")
  await ada.pay(await ada.hears())
  assert.equal((await ada.hears()).text, "Thank you for the drawing!")
})
