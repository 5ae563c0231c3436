/**
 * What a `DeliveryWatch` says.
 *
 * @module
 */
import { errorText } from "../../ground/error-text.js"
import type { ExplainedWebhookError } from "../../telegram/webhook-errors/explain-webhook-error.js"
import type { WebhookDifference } from "./webhook-differences.js"

/** @param repairMs in how many milliseconds it is set right; `Infinity` for not at all */
export function changed(differences: readonly WebhookDifference[], repairMs: number): string {
  const then =
    repairMs === Infinity
      ? "It is left so, as the option `reconcile` says"
      : `It is set right in ${time(repairMs)}, if it is still so`
  return `${head(differences)}. ${then}`
}

function head(differences: readonly WebhookDifference[]): string {
  const [first] = differences
  if (first?.field !== "url") {
    const shown = differences.map((difference) => difference.shown).join("; ")
    return `Another program has changed the webhook; Telegram now has ${shown}`
  }
  const what = first.shown === "" ? "removed the webhook" : `registered the webhook ${first.shown}`
  return `Another program has ${what}. No updates come in here`
}

export function contested(repairs: number): string {
  return (
    `Another program changes the webhook again and again; it is set right for the ${repairs}th time, ` +
    "and ever more rarely. Two programs use this bot's token: stop one of them, or have this one only " +
    'report it (`reconcile: "report"`)'
  )
}

export function repaired(before: string): string {
  return before === ""
    ? "The webhook was removed, and has been registered again"
    : "The webhook was changed, and has been set right"
}

export const outdated =
  "Registering the webhook again, with the present secret and certificate" as const

export function undelivered(error: ExplainedWebhookError, pending: number): string {
  const { text, meaning, fix } = error
  return `Telegram could not deliver to the webhook (${pending} waiting): ${text}. ${meaning} ${fix}`
}

export function resetsBacklog(pending: number): string {
  return (
    `Deliveries have failed, and ${pending} updates wait at Telegram, each until its own next attempt. ` +
    "Registering the webhook again, so that all are sent now and in order"
  )
}

export function growing(pending: number): string {
  return (
    `${pending} updates wait at Telegram, and each look shows more: they come faster than this bot takes ` +
    "them. Look for slow handlers (Telegram opens no further connection while none answers within " +
    "10 s), lower `holdMs` of the queue, or raise `maxConnections`"
  )
}

export function couldNotLook(error: unknown): string {
  return `Could not look at the webhook: ${errorText(error)}`
}

export function couldNotRead(error: unknown): string {
  return `Could not look when the webhook's certificate ends: ${errorText(error)}`
}

export function couldNotRegister(error: unknown): string {
  return `Could not set the webhook right: ${errorText(error)}`
}

function time(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
}
