import type { StarPayment } from "./star-book.js"
import type { World } from "./world.js"

/** The period of a subscription: Telegram accepts 30 days only. */
export const subscriptionSeconds = 2_592_000

/** A longer timer would exceed the range of a 32-bit number of milliseconds. */
const maxWaitSeconds = 86_400 * 20

/** Schedules the renewal of a subscription, in place of the one before. */
export function scheduleRenewal(world: World, botId: number, payment: StarPayment): void {
  const { id, subscription } = payment
  if (subscription === undefined) return
  const waitSeconds = Math.max(0, subscription.expiresAt - world.now)
  const timer = world.environment.clock.setTimeout(
    () => {
      if (waitSeconds > maxWaitSeconds) scheduleRenewal(world, botId, payment)
      else renew(world, botId, payment)
    },
    Math.min(waitSeconds, maxWaitSeconds) * 1000,
  )
  world.renewals.keep(id, timer)
}

// A renewal needs no answer of the bot. A cancelled subscription ends with its period.
function renew(world: World, botId: number, payment: StarPayment): void {
  const { subscription, from, amount, payload } = payment
  const bot = world.bots.get(botId)
  const person = world.people.get(from.id)
  if (subscription === undefined || bot === undefined || person === undefined) return
  if (subscription.isCanceledByUser || subscription.isCanceledByBot) return
  const expiresAt = subscription.expiresAt + subscription.periodSeconds
  payment.subscription = { ...subscription, expiresAt }
  const id = `ch_${world.newId()}`
  world.stars.of(botId).paid({ id, amount, payload, from, isRefunded: false }, world.now)
  world.write(person, world.openPrivateChat(bot, person), {
    successful_payment: {
      currency: "XTR",
      total_amount: amount,
      invoice_payload: payload,
      subscription_expiration_date: expiresAt,
      is_recurring: true,
      telegram_payment_charge_id: id,
      provider_payment_charge_id: "",
    },
  })
  scheduleRenewal(world, botId, payment)
}
