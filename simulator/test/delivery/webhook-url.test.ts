import { expect, test } from "vitest"
import { WebhookRequest } from "../../src/delivery/webhook-request.js"
import { parseWebhookUrl } from "../../src/delivery/webhook-url.js"

function head(url: string): string[] {
  const parsed = parseWebhookUrl(url)
  if (parsed === undefined) return ["invalid"]
  return new WebhookRequest(parsed, "").bytes(1, '"a":{}')?.split("\r\n").slice(0, 2) ?? []
}

test.each([
  ["https://x.test", "/", "x.test"],
  ["https://x.test?q=1", "/?q=1", "x.test"],
  ["https://x.test#f", "/#f", "x.test"],
  ["https://X.Test:8443/a b/%7Ex?x=1&y=z#frag", "/a%20b/%7Ex?x=1&y=z#frag", "x.test:8443"],
  ["https://x.test:443/", "/", "x.test"],
  // D14: zeros in front of the port do not count.
  ["https://x.test:08443/", "/", "x.test:8443"],
  ["http://x.test:80/", "/", "x.test"],
  ["http://x.test:443/", "/", "x.test:443"],
  ["127.0.0.1:88/noscheme", "/noscheme", "127.0.0.1:88"],
  ["https://x.test/\u0001x", "/%01x", "x.test"],
  ["https://[2001:DB8::1]:88/", "/", "[2001:db8::1]:88"],
  ["https://bücher.example/", "/", "xn--bcher-kva.example"],
])("the URL %s is called at %s of %s", (url, target, host) => {
  expect(head(url)).toEqual([`POST ${target} HTTP/1.1`, `Host: ${host}`])
})

test("a non-ASCII letter in the path is sent as its raw UTF-8 bytes", () => {
  expect(head("https://x.test/caf\u00e9")[0]).toBe("POST /caf\u00c3\u00a9 HTTP/1.1")
})

test.each(["ftp://x", "https://", "https://x:0", "https://x:65536", "https://x:y", "https://a b"])(
  "%s is invalid",
  (url) => {
    expect(head(url)).toEqual(["invalid"])
  },
)
