import { nodeNet } from "../ground/node-modules.js"
import { unexpectedOption } from "../ground/expect-option.js"
import { maxWebhookUrlLength, webhookPorts } from "../telegram/network-facts.js"
import { isReservedAddress } from "./reserved-address.js"

/** The circumstances that decide which webhook URLs Telegram accepts. */
export interface WebhookUrlRules {
  /** True for a Bot API server with `--local`, which accepts any URL. */
  readonly localMode: boolean
  /** The address that Telegram calls in place of the resolved one. Default: none. */
  readonly ipAddress?: string | undefined
}

/**
 * Returns a URL that Telegram can call. Error messages contain only the host, because paths may contain
 * secrets.
 *
 * @throws TypeError for every URL that `setWebhook` is known to refuse, because a refusal also removes
 *   the previous webhook
 * @see https://core.telegram.org/bots/webhooks
 */
export function expectWebhookUrl(value: unknown, rules: WebhookUrlRules): URL {
  if (typeof value !== "string" || !URL.canParse(value) || !/^\s*https?:\/\//i.test(value)) {
    return unexpected("a complete URL, such as https://example.com:8443/hook", describe(value))
  }
  const url = new URL(value)
  if (url.href.length > maxWebhookUrlLength) {
    return unexpected(`of at most ${maxWebhookUrlLength} characters`, `${url.href.length}`)
  }
  if (rules.localMode) return url
  if (url.protocol !== "https:") {
    return unexpected("an https: URL, because Telegram calls no other URLs", url.origin)
  }
  const port = url.port || "443"
  if (!webhookPorts.includes(Number(port))) {
    return unexpected(
      "a URL with port 443, 80, 88 or 8443, the only ports that Telegram calls",
      url.origin,
    )
  }
  expectPublicHost(url, rules.ipAddress)
  return url
}

/**
 * Returns an IP address that Telegram can call.
 *
 * @throws TypeError for any value except a public IPv4 address; in `localMode`, any IP address is valid
 */
export function expectIpAddress(value: unknown, localMode: boolean): string {
  const isAddress =
    typeof value === "string" && (nodeNet().isIPv4(value) || (localMode && nodeNet().isIPv6(value)))
  if (!isAddress) return unexpectedOption("ipAddress", "an IPv4 address", value)
  if (localMode || !isReservedAddress(value)) return value
  return unexpectedOption("ipAddress", "an address on the public internet", value)
}

function expectPublicHost({ hostname, origin }: URL, ipAddress: string | undefined): void {
  if (hostname.startsWith("[")) {
    unexpected("a URL with a name or an IPv4 address, because Telegram does not call IPv6", origin)
  }
  const isLocalName = hostname === "localhost" || hostname.endsWith(".localhost")
  const isLocal = isReservedAddress(hostname) || isLocalName
  if (isLocal && ipAddress === undefined) {
    unexpected("a URL whose host is on the public internet", origin)
  }
  if (!hostname.includes(".") && ipAddress === undefined) {
    unexpected(
      "a URL whose host is a public name",
      `${origin}; check the environment variable that has the host's name`,
    )
  }
}

function describe(value: unknown): string {
  if (typeof value !== "string") return `a value of type ${typeof value}`
  if (value === "") return "an empty text"
  // A path may hold a secret.
  const [host = ""] = value.split(/[/?#]/)
  return /^[\w.-]+(?::\d+)?$/.test(host) ? `"${host}…" without https:// in front` : "another text"
}

function unexpected(expected: string, received: string): never {
  throw new TypeError(`Expected the \`webhookUrl\` option to be ${expected}, got ${received}.`)
}
