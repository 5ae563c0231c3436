import type { WebhookInfo } from "../../telegram/types.js"
import { optInUpdateTypes, updateTypes } from "../../telegram/update-types.js"
import { isSameUrl, type WebhookRegistration } from "../registration.js"

/** A field in which Telegram's webhook differs from the wanted one. */
export interface WebhookDifference {
  /** The field of `getWebhookInfo`. */
  readonly field: keyof WebhookInfo
  /** Telegram's value as text for a message; for `url`, only the host, or empty if there is no webhook. */
  readonly shown: string
}

/**
 * Returns the differences between the wanted webhook and Telegram's, as far as `getWebhookInfo` shows them:
 * it shows neither the secret nor the certificate. If the URLs differ, other fields are not compared.
 *
 * @param isLocal true for a Bot API server in local mode, whose default of `max_connections` is not fixed
 */
export function webhookDifferences(
  wanted: WebhookRegistration,
  info: WebhookInfo,
  isLocal: boolean,
): readonly WebhookDifference[] {
  if (!isSameUrl(wanted.url, info.url ?? ""))
    return [{ field: "url", shown: hostText(info.url ?? "") }]
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
    const shown = info.allowed_updates?.join(", ") ?? "the default types"
    found.push({ field: "allowed_updates", shown: `allowed_updates ${shown}` })
  }
  return found
}

/**
 * Returns true if a start has to call `setWebhook`. `getWebhookInfo` does not show the secret, so a
 * start without an uploaded certificate always calls `setWebhook`: Telegram compares all parameters itself,
 * and a call without changes has no effect. With an uploaded certificate, each call closes Telegram's
 * connections, so a start calls `setWebhook` only if `getWebhookInfo` shows a difference.
 *
 * @param info the result of `getWebhookInfo`
 */
export function needsRegistration(
  wanted: WebhookRegistration,
  info: WebhookInfo,
  isLocal: boolean,
): boolean {
  if (wanted.certificate === undefined || !info.has_custom_certificate) return true
  return webhookDifferences(wanted, info, isLocal).length > 0
}

/** Returns the host of a URL for a message. The path may contain a secret. */
function hostText(url: string): string {
  if (url === "") return ""
  return `at another URL, on ${URL.canParse(url) ? new URL(url).host : "another host"}`
}

function isSameSet(
  wanted: readonly string[] | undefined,
  shown: readonly string[] | undefined,
): boolean {
  if (wanted === undefined) return true
  const one = orDefaultTypes(wanted)
  const other = new Set(orDefaultTypes(shown ?? []))
  return new Set(one).size === other.size && one.every((type) => other.has(type))
}

/** Replaces an empty list, which stands for all types except the opt-in ones. */
function orDefaultTypes(types: readonly string[]): readonly string[] {
  if (types.length > 0) return types
  return updateTypes.filter((type) => !optInUpdateTypes.includes(type))
}
