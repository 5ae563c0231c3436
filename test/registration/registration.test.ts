import { describe, expect, test } from "vitest"
import { isSameUrl } from "../../src/registration/registration.js"
import { WantedWebhook } from "../../src/registration/wanted-webhook.js"

describe("two URLs of a webhook", () => {
  test.each([
    ["https://example.com/hook", "https://EXAMPLE.com/hook"],
    ["https://example.com/hook", "https://example.com:443/hook"],
    ["https://example.com", "https://example.com/"],
    ["https://example.com/?a", "https://example.com?a"],
    ["https://bücher.example/hook", "https://xn--bcher-kva.example/hook"],
  ])("%s and %s are equal", (one, other) => {
    expect(isSameUrl(one, other)).toBe(true)
    expect(isSameUrl(other, one)).toBe(true)
  })

  test.each([
    ["https://example.com/hook", "https://example.com/a/../hook"],
    ["https://example.com/hook", "https://example.com/./hook"],
    ["https://example.com/hook", "https://example.com/hook%0A"],
    ["https://example.com/hook", "https://example.com/Hook"],
    ["https://example.com/%D0%BA", "https://example.com/к"],
    ["https://example.com/hook", "https://example.com:8443/hook"],
    ["https://example.com/hook", "https://a:b@example.com/hook"],
    ["https://example.com/hook", ""],
  ])("%s and %s are not: Telegram sends a path as it was registered", (one, other) => {
    expect(isSameUrl(one, other)).toBe(false)
    expect(isSameUrl(other, one)).toBe(false)
  })
})

test("a change of one property of the wanted webhook keeps the others", () => {
  const wanted = new WantedWebhook({
    url: "https://example.com/hook",
    certificate: "old",
    maxConnections: undefined,
    allowedUpdates: ["message", "poll"],
    ipAddress: undefined,
    secretToken: "right",
  })
  wanted.acceptTypes(["message"])
  wanted.setCertificate("new")
  expect(wanted.current).toMatchObject({ certificate: "new", allowedUpdates: ["message"] })
  wanted.setCertificate(undefined)
  expect(wanted.current).toMatchObject({ certificate: undefined, allowedUpdates: ["message"] })
})
