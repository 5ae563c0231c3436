import assert from "node:assert/strict"
import { afterEach, beforeEach, test } from "node:test"
import { type SimulatedBot, type SimulatedUser, Simulator } from "@sounder/simulator"
import { Fleet } from "sounder"
import { FleetAdmin } from "sounder/admin"
import { register } from "./handlers.ts"

const password = "a password for the test"

let telegram: Simulator
let fleet: Fleet
let admin: FleetAdmin
let page: string
let ada: SimulatedUser
let bob: SimulatedUser
let bakery: SimulatedBot
let support: SimulatedBot

beforeEach(async () => {
  telegram = await Simulator.start()
  ada = telegram.user({ first_name: "Ada" })
  bob = telegram.user({ first_name: "Bob" })
  bakery = telegram.bot({ first_name: "Bakery", username: "bakery_bot" })
  support = telegram.bot({ first_name: "Support", username: "support_bot" })
  fleet = new Fleet({ botOptions: { apiRoot: telegram.apiRoot } })
  register(fleet)
  await fleet.add(bakery.token, {
    kind: "shop",
    data: { name: "Bob's Bakery", goods: { Roll: 1 } },
  })
  await fleet.add(support.token, { kind: "support", data: { owner: bob.id } })
  await fleet.startPolling()
  admin = new FleetAdmin({ fleet, password, port: 0 })
  page = (await admin.start()).url ?? ""
})

afterEach(async () => {
  await admin.close()
  await fleet[Symbol.asyncDispose]()
  await telegram[Symbol.asyncDispose]()
})

/** Asks the admin page as a browser does after its user has typed the password. */
function ask(path: string, form?: Record<string, string>): Promise<Response> {
  const authorization = `Basic ${Buffer.from(`admin:${password}`).toString("base64")}`
  const request = { headers: { authorization }, redirect: "manual" } as const
  if (form === undefined) return fetch(new URL(path, page), request)
  return fetch(new URL(path, page), { ...request, method: "POST", body: new URLSearchParams(form) })
}

test("each bot has the handlers of its kind, with its own data", async () => {
  await ada.send(bakery, "/start")
  assert.equal((await ada.hears()).text, "Welcome to Bob's Bakery! /prices")
  await ada.send(bakery, "/prices")
  assert.equal((await ada.hears()).text, "Roll: 1 EUR")

  await bob.send(support, "/start")
  assert.equal((await bob.hears()).text, "What can we do for you?")
  await ada.send(support, "My roll is stale")
  assert.equal((await bob.hears()).text, "My roll is stale")
  assert.equal((await ada.hears()).text, "Thank you, you will hear from us.")

  await ada.send(support, "/help")
  assert.equal((await ada.hears()).text, "Begin with /start.")
})

test("the admin page shows nothing without the password", async () => {
  for (const path of ["/", `/bots/${bakery.id}`, "/nothing"]) {
    const answer = await fetch(new URL(path, page))
    assert.equal(answer.status, 401)
    assert.equal(await answer.text(), "Password required\n")
  }
})

test("the admin page shows the bots, their kinds and their last errors", async () => {
  await bob.send(support, "/start")
  await bob.hears()
  bob.block(support)
  await ada.send(support, "Is anybody there?")
  assert.equal((await ada.hears()).text, "Sorry, that failed.")

  const answer = await ask("/")
  assert.equal(answer.status, 200)
  const text = await answer.text()
  for (const shown of [`${bakery.id}`, `${support.id}`, "shop", "bot was blocked"]) {
    assert.ok(text.includes(shown), `The page does not show: ${shown}`)
  }
})

test("the admin page parks a bot, and wakes it again", async () => {
  const text = await (await ask(`/bots/${bakery.id}`)).text()
  const [, token = ""] = /name="token" value="([^"]*)"/.exec(text) ?? []
  const parked = await ask(`/bots/${bakery.id}/park`, { token, reason: "not paid" })
  assert.equal(parked.status, 303)
  assert.equal(fleet.status()[0]?.state, "parked")

  // Telegram keeps the message until the bot receives again.
  await ada.send(bakery, "/prices")
  await ask(`/bots/${bakery.id}/wake`, { token })
  assert.equal((await ada.hears()).text, "Roll: 1 EUR")
})
