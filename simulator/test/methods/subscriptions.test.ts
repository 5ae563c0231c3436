import type { Message, Update } from "@grammyjs/types"
import { expect, test } from "vitest"
import { MovableClock } from "../../src/index.js"
import { Meeting } from "../meeting.js"

const period = 2_592_000
const invoice = {
  ...{ title: "Tea", description: "Hot", payload: "tea", currency: "XTR" },
  ...{ prices: [{ label: "Tea", amount: 5 }], subscription_period: period },
}

/** Ada has subscribed to tea. */
async function tearoom() {
  const clock = new MovableClock()
  const world = await Meeting.start({ simulator: { clock } })
  const link = await world.result<string>("createInvoiceLink", invoice)
  await world.updates()
  const paid = world.ada.pay(link)
  const [update] = await world.updates()
  const id = update?.pre_checkout_query?.id
  await world.result("answerPreCheckoutQuery", { pre_checkout_query_id: id, ok: true })
  const payment = await paid
  if (!payment.ok) throw new Error(payment.error)
  await world.updates()
  const { message } = payment
  return { world, clock, message, [Symbol.asyncDispose]: () => world[Symbol.asyncDispose]() }
}

/** Returns the payments of the last day; older updates have expired. */
const payments = async (world: Meeting) =>
  (await world.result<Update[]>("getUpdates")).flatMap(
    ({ message }) => message?.successful_payment ?? [],
  )

test("a subscription is paid again after each period, without a question to the bot", async () => {
  await using room = await tearoom()
  const { world, clock, message } = room
  expect(message.successful_payment).toMatchObject({
    ...{ is_recurring: true, is_first_recurring: true },
    subscription_expiration_date: message.date + period,
  })
  await clock.advance((period + 60) * 1000)
  const [renewal] = await payments(world)
  expect(renewal).toMatchObject({ is_recurring: true, total_amount: 5, invoice_payload: "tea" })
  expect(renewal?.is_first_recurring).toBeUndefined()
  expect(renewal?.subscription_expiration_date).toBe(message.date + 2 * period)
  expect(await world.result("getMyStarBalance")).toEqual({ amount: 10 })
})

test("a person cancels a subscription and takes it back, and the bot is told", async () => {
  await using room = await tearoom()
  const { world, clock, message } = room
  await world.result<Message[]>("getUpdates", { allowed_updates: ["subscription", "message"] })
  await world.ada.cancelSubscription(message)
  await world.ada.resumeSubscription(message)
  await world.ada.cancelSubscription(message)
  expect(await world.updates()).toMatchObject(
    ["canceled", "active", "canceled"].map((state) => ({
      subscription: { user: { id: world.ada.id }, invoice_payload: "tea", state },
    })),
  )
  await clock.advance((period + 60) * 1000)
  expect(await payments(world)).toEqual([])
})

test("a bot cancels a subscription, which its person cannot resume", async () => {
  await using room = await tearoom()
  const { world, clock, message } = room
  const telegram_payment_charge_id = message.successful_payment?.telegram_payment_charge_id
  const edit = { user_id: world.ada.id, telegram_payment_charge_id, is_canceled: true }
  expect(await world.result("editUserStarSubscription", edit)).toBe(true)
  await expect(world.ada.resumeSubscription(message)).rejects.toThrow("The bot has cancelled")
  await clock.advance((period + 60) * 1000)
  expect(await payments(world)).toEqual([])
  const unknown = { ...edit, telegram_payment_charge_id: "ch_1" }
  expect(await world.refusal("editUserStarSubscription", unknown)).toMatch("CHARGE_ID_INVALID")
})

test.each([{ subscription_period: 60 }, { currency: "EUR", provider_token: "1:TEST:a" }])(
  "a subscription with %j is refused",
  async (change) => {
    await using world = await Meeting.start()
    const refusal = await world.refusal("createInvoiceLink", { ...invoice, ...change })
    expect(refusal).toMatch("a subscription has a period of 30 days")
  },
)
