import { describe, expect, test } from "vitest"
import type { WebhookRegistration } from "../../../src/registration/registration.js"
import { webhookDifferences } from "../../../src/registration/watch/webhook-differences.js"
import type { WebhookInfo } from "../../../src/telegram/types.js"

const url = "https://example.com/secret-path"
const wanted: WebhookRegistration = {
  url,
  certificate: undefined,
  maxConnections: undefined,
  allowedUpdates: undefined,
  ipAddress: undefined,
  secretToken: "s",
}
const info: WebhookInfo = {
  url,
  has_custom_certificate: false,
  pending_update_count: 0,
  max_connections: 40,
  ip_address: "149.154.167.1",
}

const fields = (
  change: Partial<WebhookRegistration>,
  shown: Partial<WebhookInfo>,
  isLocal = false,
) =>
  webhookDifferences({ ...wanted, ...change }, { ...info, ...shown }, isLocal).map(
    ({ field }) => field,
  )

describe("the webhook registered at Telegram", () => {
  test.each<[Partial<WebhookRegistration>, Partial<WebhookInfo>]>([
    [{}, {}],
    [{ url: "https://EXAMPLE.com:443/secret-path" }, {}],
    [{ allowedUpdates: [] }, {}],
    [
      { allowedUpdates: ["message", "callback_query"] },
      { allowed_updates: ["callback_query", "message"] },
    ],
    [{ certificate: "PEM" }, { has_custom_certificate: true }],
    [{ maxConnections: 7 }, { max_connections: 7 }],
    [{}, { allowed_updates: ["message"] }],
    [{}, { ip_address: "<unknown>" }],
  ])("is as wanted: %o and %o", (change, shown) => {
    expect(fields(change, shown)).toEqual([])
  })

  test.each<[Partial<WebhookRegistration>, Partial<WebhookInfo>, string[]]>([
    [{}, { url: "" }, ["url"]],
    [{}, { url: "https://example.com/other", max_connections: 1 }, ["url"]],
    [{ certificate: "PEM" }, {}, ["has_custom_certificate"]],
    [{}, { has_custom_certificate: true }, ["has_custom_certificate"]],
    [{}, { max_connections: 41 }, ["max_connections"]],
    [{ ipAddress: "149.154.167.2" }, {}, ["ip_address"]],
    [{ allowedUpdates: ["message"] }, {}, ["allowed_updates"]],
    [{ allowedUpdates: [] }, { allowed_updates: ["message"] }, ["allowed_updates"]],
    [
      { maxConnections: 5, allowedUpdates: ["message"] },
      {},
      ["max_connections", "allowed_updates"],
    ],
  ])("differs: %o and %o", (change, shown, expected) => {
    expect(fields(change, shown)).toEqual(expected)
  })

  test("has no default number of connections on a local server", () => {
    expect(fields({}, { max_connections: 100 }, true)).toEqual([])
  })

  test("is logged without its path", () => {
    const other = { ...info, url: "https://other.example/123:TOKEN" }
    const [difference] = webhookDifferences(wanted, other, false)
    expect(difference?.shown).toBe("at another URL, on other.example")
  })
})
