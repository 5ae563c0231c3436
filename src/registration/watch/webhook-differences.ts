import type { WebhookInfo } from "../../telegram/types.js"
import { optInUpdateTypes, updateTypes } from "../../telegram/update-types.js"
import { isSameUrl, type Registration } from "../registration.js"

/** One thing in which the webhook that Telegram has is not the one that was asked for. */
export interface WebhookDifference {
  /** The field of `getWebhookInfo` that shows it. */
  readonly field: keyof WebhookInfo
  /** What Telegram has, in words; of a URL, where it is, and empty where there is none. */
  readonly shown: string
}

/**
 * In what the webhook that Telegram has differs from the one that was asked for, as far as that can
 * be seen: neither the secret nor the certificate is shown. At another URL nothing else counts.
 */
export function webhookDifferences(
  wanted: Registration,
  info: WebhookInfo,
  isLocal: boolean,
): readonly WebhookDifference[] {
  if (!isSameUrl(wanted.url, info.url ?? ""))
    return [{ field: "url", shown: place(info.url ?? "") }]
  const { ipAddress, maxConnections = isLocal ? undefined : 40 } = wanted
  const found: WebhookDifference[] = []
  if ((wanted.certificate !== undefined) !== info.has_custom_certificate) {
    const shown = info.has_custom_certificate
      ? "an uploaded certificate"
      : "no uploaded certificate"
    found.push({ field: "has_custom_certificate", shown })
  }
  if (maxConnections !== undefined && maxConnections !== info.max_connections) {
    found.push({ field: "max_connections", shown: `max_connections ${info.max_connections}` })
  }
  if (ipAddress !== undefined && ipAddress !== info.ip_address) {
    found.push({ field: "ip_address", shown: `ip_address ${info.ip_address}` })
  }
  if (!isSameSet(wanted.allowedUpdates, info.allowed_updates)) {
    const shown = info.allowed_updates?.join(", ") ?? "the usual ones"
    found.push({ field: "allowed_updates", shown: `allowed_updates ${shown}` })
  }
  return found
}

/**
 * Whether `setWebhook` has to be called. The secret is not in what Telegram shows. Without an
 * uploaded certificate the call is therefore always made: Telegram compares the secret itself, and
 * does nothing when all is the same. With one the call would cut off what is being delivered, and
 * is made only when something that can be seen differs.
 *
 * @param info what `getWebhookInfo` answered
 */
export function needsRegistration(
  wanted: Registration,
  info: WebhookInfo,
  isLocal: boolean,
): boolean {
  if (wanted.certificate === undefined || !info.has_custom_certificate) return true
  return webhookDifferences(wanted, info, isLocal).length > 0
}

/** Paths may hold secrets: nothing is repeated but the host. */
function place(url: string): string {
  if (url === "") return ""
  return `at another URL, on ${URL.canParse(url) ? new URL(url).host : "another host"}`
}

function isSameSet(
  wanted: readonly string[] | undefined,
  shown: readonly string[] | undefined,
): boolean {
  if (wanted === undefined) return true
  const one = orDefault(wanted)
  const other = new Set(orDefault(shown ?? []))
  return new Set(one).size === other.size && one.every((type) => other.has(type))
}

/** An empty list means all kinds but the three that have to be asked for; Telegram shows none then. */
function orDefault(types: readonly string[]): readonly string[] {
  if (types.length > 0) return types
  return updateTypes.filter((type) => !optInUpdateTypes.includes(type))
}
