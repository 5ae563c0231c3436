/**
 * The log messages of a `DeliveryWatch`.
 *
 * @module
 */
import type { CertificateProblem } from "../../certificate/index.js"
import { errorText } from "../../ground/error-text.js"
import type { ExplainedWebhookError } from "../../telegram/webhook-errors/explain-webhook-error.js"
import type { WebhookDifference } from "./webhook-differences.js"

/**
 * Returns the message about a webhook that another program has changed.
 *
 * @param repairMs the time until the repair, in milliseconds; `Infinity` for no repair
 */
export function changed(differences: readonly WebhookDifference[], repairMs: number): string {
  const reaction =
    repairMs === Infinity
      ? "Sounder does not repair it, because of the option `reconcile`"
      : `Sounder repairs it in ${durationText(repairMs)} if the change persists`
  return `${head(differences)}. ${reaction}`
}

function head(differences: readonly WebhookDifference[]): string {
  const [first] = differences
  if (first?.field !== "url") {
    const shown = differences.map((difference) => difference.shown).join("; ")
    return `Another program has changed the webhook; Telegram now has ${shown}`
  }
  const change =
    first.shown === "" ? "removed the webhook" : `registered the webhook ${first.shown}`
  return `Another program has ${change}. This process receives no updates`
}

/** Returns the message about a webhook that another program changes repeatedly. */
export function contested(repairs: number): string {
  return (
    `Another program changes the webhook again and again. This is repair ${repairs}, and the pauses ` +
    "between repairs grow. Two programs use this bot's token: stop one of them, or let this one only " +
    'report the changes (`reconcile: "report"`)'
  )
}

/** Returns the message about a repair. */
export function repaired(before: string): string {
  return before === ""
    ? "Registered the webhook again, which another program had removed"
    : "Restored the webhook, which another program had changed"
}

/** The message about a registration that replaces an unknown secret or certificate. */
export const registeringAgain =
  "Registering the webhook again, with the current secret and certificate" as const

/**
 * Returns the message about a failed delivery.
 *
 * @param problems the problems of the certificate that this process uses
 */
export function undelivered(
  error: ExplainedWebhookError,
  pending: number,
  problems: readonly CertificateProblem[] = [],
): string {
  const { text, meaning, fix } = error
  const failure = `Telegram could not deliver to the webhook (${pending} pending): ${text}.`
  if (problems.length === 0) return `${failure} ${meaning} ${fix}`
  return `${failure} ${problems.map(({ message }) => message).join(" ")}`
}

/** Returns the message about the reset of a backlog at the start. */
export function resetsBacklog(pending: number): string {
  return (
    `Deliveries have failed, and ${pending} updates wait at Telegram for their next attempts. ` +
    "Registering the webhook again, so that Telegram sends all of them now and in order"
  )
}

/** Returns the message about a growing backlog. */
export function growing(pending: number): string {
  return (
    `${pending} updates are pending at Telegram, and the number grows: updates come faster than this bot ` +
    "accepts them. Look for slow handlers (Telegram opens no more connections while answers take " +
    "longer than 10 s), lower `holdMs` of the queue, or raise `maxConnections`"
  )
}

/** Returns the message about a failed call of `getWebhookInfo`. */
export function couldNotCheck(error: unknown): string {
  return `Could not check the webhook: ${errorText(error)}`
}

/** Returns the message about an unreadable certificate. */
export function couldNotRead(error: unknown): string {
  return `Could not check the expiry of the webhook's certificate: ${errorText(error)}`
}

/** Returns the message about a failed repair. */
export function couldNotRegister(error: unknown): string {
  return `Could not repair the webhook: ${errorText(error)}`
}

function durationText(ms: number): string {
  const seconds = Math.ceil(ms / 1000)
  return seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`
}
