import { isIPv4, isIPv6 } from "node:net"
import { unexpectedOption } from "../ground/expect-option.js"
import { webhookPorts } from "../telegram/network-facts.js"
import { isReservedAddress } from "./reserved-address.js"

/** What decides which webhook URLs Telegram takes. */
export interface WebhookUrlRules {
  /** Whether the Bot API server runs with `--local`, which takes any URL. */
  readonly localMode: boolean
  /** The address that Telegram is to call instead of asking DNS. */
  readonly ipAddress?: string | undefined
}

// Telegram builds a head of at most 4,096 bytes, of which some 600 are not the URL's.
const maxLength = 3400

/**
 * A URL that Telegram can call. No message repeats more of it than its host: paths may hold secrets.
 *
 * @throws TypeError for every URL that `setWebhook` is known to refuse: it would remove the webhook
 *   that worked before
 * @see https://core.telegram.org/bots/webhooks
 */
export function expectWebhookUrl(value: unknown, rules: WebhookUrlRules): URL {
  if (typeof value !== "string" || !URL.canParse(value) || !/^\s*https?:\/\//i.test(value)) {
    return unexpected("a whole URL, such as https://example.com:8443/hook", typeof value)
  }
  const url = new URL(value)
  if (url.href.length > maxLength) {
    return unexpected(`of at most ${maxLength} characters`, `${url.href.length}`)
  }
  if (rules.localMode) return url
  if (url.protocol !== "https:") {
    return unexpected("an https: URL, because Telegram calls no other", url.origin)
  }
  const port = url.port || "443"
  if (!webhookPorts.includes(Number(port))) {
    return unexpected("a URL with port 443, 80, 88 or 8443, the ones Telegram calls", url.origin)
  }
  expectPublicHost(url, rules.ipAddress)
  return url
}

/**
 * An address that Telegram can call.
 *
 * @throws TypeError for anything but a public IPv4 address, unless `localMode` is on
 */
export function expectIpAddress(value: unknown, localMode: boolean): string {
  const isAddress = typeof value === "string" && (isIPv4(value) || (localMode && isIPv6(value)))
  if (!isAddress) return unexpectedOption("ipAddress", "an IPv4 address", value)
  if (localMode || !isReservedAddress(value)) return value
  return unexpectedOption("ipAddress", "an address on the public internet", value)
}

function expectPublicHost({ hostname, origin }: URL, ipAddress: string | undefined): void {
  if (hostname.startsWith("[")) {
    unexpected("a URL with a name or an IPv4 address, because Telegram calls no IPv6", origin)
  }
  const isLocalName = hostname === "localhost" || hostname.endsWith(".localhost")
  const isLocal = isReservedAddress(hostname) || isLocalName
  if (isLocal && ipAddress === undefined) {
    unexpected("a URL whose host is on the public internet", origin)
  }
}

function unexpected(expected: string, given: string): never {
  throw new TypeError(`Expected the \`webhookUrl\` option to be ${expected}, got ${given}.`)
}
