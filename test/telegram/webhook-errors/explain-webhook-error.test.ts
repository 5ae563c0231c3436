import { readFileSync } from "node:fs"
import { describe, expect, test } from "vitest"
import {
  explainWebhookError,
  mayBeOutdated,
  webhookErrorCodes,
} from "../../../src/telegram/webhook-errors/explain-webhook-error.js"

const responses = [
  ["100 Continue", "interim-response"],
  ["103 Early Hints", "interim-response"],
  ["301 Moved Permanently", "redirect"],
  ["308 Permanent Redirect", "redirect"],
  ["400 Bad Request", "bad-request"],
  ["401 Unauthorized", "wrong-secret"],
  ["403 Forbidden", "forbidden-by-proxy"],
  ["402 Payment Required", "payment-required"],
  ["404 Not Found", "wrong-path"],
  ["404 0", "wrong-path"],
  ["405 Method Not Allowed", "wrong-method"],
  ["406 Not Acceptable", "refused-by-firewall"],
  ["407 Proxy Authentication Required", "wants-proxy-login"],
  ["408 Request Timeout", "proxy-gave-up"],
  ["410 Gone", "gone"],
  ["413 Request Entity Too Large", "body-too-long"],
  ["415 Unsupported Media Type", "wrong-content-type"],
  ["421 Misdirected Request", "misdirected"],
  ["426 Upgrade Required", "http-version"],
  ["429 Too Many Requests", "rate-limited"],
  ["499 ", "proxy-gave-up"],
  ["500 Internal Server Error", "server-failed"],
  ["502 Bad Gateway", "proxy-lost-bot"],
  ["503 Service Unavailable", "not-ready"],
  ["504 Gateway Timeout", "proxy-lost-bot"],
  ["521 ", "proxy-lost-bot"],
  ["530 <none>", "proxy-lost-bot"],
  ["525 ", "proxy-distrusts-bot"],
  ["418 I'm a teapot", "wrong-status"],
] as const

/** Every text of `last_error_message` and of a refusal that is known of Telegram's server. */
const texts = [
  ...responses.map(
    ([status, code]) => [`Wrong response from the webhook: ${status}`, code] as const,
  ),
  ["Read timeout expired", "no-answer"],
  ["Write timeout expired", "unreachable"],
  ["Connection refused", "connection-refused"],
  ["Connection reset by peer", "connection-cut"],
  ["Connection timed out", "unreachable"],
  ["Connection timeout expired", "unreachable"],
  ["No route to host", "unreachable"],
  ["Network is unreachable", "unreachable"],
  ["Broken pipe", "connection-cut"],
  ["Can't connect to the webhook", "connection-refused"],
  ["Can't connect to the webhook proxy", "telegram-proxy"],
  ["SSL error {error:0A000086:SSL routines::certificate verify failed}", "certificate-not-trusted"],
  [
    "SSL error {error:1416F086:SSL routines:tls_process_server_certificate:certificate verify failed}",
    "certificate-not-trusted",
  ],
  [
    "SSL error {336134278, error:14090086:SSL routines:ssl3_get_server_certificate:certificate verify failed}",
    "certificate-not-trusted",
  ],
  ["SSL error {error:0A00010B:SSL routines::wrong version number}", "plain-http"],
  ["SSL error {error:0A000458:SSL routines::tlsv1 unrecognized name}", "name-not-served"],
  ["SSL error {error:0A00042E:SSL routines::tlsv1 alert protocol version}", "tls-too-old"],
  ["SSL error {error:0A000410:SSL routines::sslv3 alert handshake failure}", "tls-too-old"],
  ["SSL error {error:0A000438:SSL routines::tlsv1 alert internal error}", "tls-failed"],
  ["SSL error {error:140840FF:SSL routines:ssl3_connect:unknown state}", "tls-failed"],
  ["Can't create an SSL connection: no memory", "tls-not-started"],
  ["Can't create an SSL context: no memory", "tls-not-started"],
  ["Unsupported Media Type: unsupported content-encoding", "answer-compressed"],
  ["Request Entity Too Large: too many parameters", "answer-too-long"],
  ["Request Header Fields Too Large", "answer-headers-too-long"],
  ["Bad Request", "answer-malformed"],
  [
    "SSL error {error:0A00045C:SSL routines::tlsv13 alert certificate required}",
    "wants-client-certificate",
  ],
  ["SSL error {error:0A00018A:SSL routines::dh key too small}", "tls-too-weak"],
  [
    "SSL error {error:0A00014D:SSL routines::legacy sigalg disallowed or unsupported}",
    "tls-too-old",
  ],
  ["HTTP Version Not Supported", "answer-not-http"],
  ["Not Implemented", "answer-not-http"],
  ["Unimplemented: unsupported transfer-encoding", "answer-garbled"],
  ["Bad Request: Too long length in chunked 24;name=value1", "answer-garbled"],
  ["Bad Request: unexpected end of request content", "answer-garbled"],
  ["Bad Request: content decoding failed", "answer-garbled"],
  ["Bad Request: invalid webhook URL specified", "invalid-url"],
  ["Bad Request: secret token is too long", "invalid-secret"],
  ["Bad Request: secret token contains unallowed characters", "invalid-secret"],
  ["Bad Request: certificate size is too big (3145729 bytes)", "certificate-not-accepted"],
  ["bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443", "wrong-port"],
  ["bad webhook: An HTTPS URL must be provided for webhook", "not-https"],
  ["bad webhook: HTTPS url must be provided for webhook", "not-https"],
  ["bad webhook: IP address 127.0.0.1 is reserved", "reserved-address"],
  ["bad webhook: IPv6-only addresses are not allowed", "ipv6-only"],
  ["bad webhook: Invalid IP address specified", "invalid-ip-address"],
  ["bad webhook: Failed to resolve host: Name or service not known", "host-not-found"],
  ["bad webhook: Failed to resolve host: Temporary failure in name resolution", "host-not-found"],
  ["bad webhook: Failed to connect to 203.0.113.7:443", "connection-refused"],
  [
    "bad webhook: Failed to set custom certificate file{error:05800088:x509 certificate routines::no certificate or crl found}",
    "certificate-not-accepted",
  ],
] as const

test.each(texts)("%s is %s", (text, code) => {
  expect(explainWebhookError(text)).toMatchObject({ code, text })
})

test("a leading Bad Request does not change the meaning of a refusal", () => {
  const refusals = texts.filter(([text]) => text.startsWith("bad webhook"))
  expect(refusals.length).toBeGreaterThan(8)
  for (const [text, code] of refusals) {
    expect(explainWebhookError(`Bad Request: ${text}`).code).toBe(code)
  }
})

test("every code except the unknown one has a text of Telegram's", () => {
  const seen = new Set(texts.map(([, code]) => code))
  expect([...seen, "unknown"].toSorted()).toEqual(webhookErrorCodes.toSorted())
})

test.each(["Something new", "bad webhook: something new", "Bad Request: bad webhook: new", ""])(
  "%j is passed on, and reported as unknown",
  (text) => {
    expect(explainWebhookError(text)).toMatchObject({ code: "unknown", text })
  },
)

test("each explanation consists of sentences", () => {
  for (const [text] of texts) {
    const { meaning, fix } = explainWebhookError(text)
    expect(meaning).toMatch(/^[A-Z].*\.$/)
    expect(fix).toMatch(/^[A-Z`].*\.$/)
  }
})

test("only a refused certificate or secret can come from an old registration", () => {
  expect(webhookErrorCodes.filter((code) => mayBeOutdated({ code }))).toEqual([
    "wrong-secret",
    "certificate-not-trusted",
  ])
})

describe("docs/webhook-errors.md", () => {
  const page = readFileSync(new URL("../../../docs/webhook-errors.md", import.meta.url), "utf8")
  const sections = page.split(/^## /m).slice(1)

  test("has a heading for every code, each once, and no other", () => {
    const headings = sections.map((section) => section.split("\n")[0] ?? "")
    expect(headings.toSorted()).toEqual(webhookErrorCodes.toSorted())
  })

  test("has the library's explanation under each heading", () => {
    const inOneLine = page.replaceAll(/\s+/g, " ")
    for (const [text] of texts) {
      const { meaning, fix } = explainWebhookError(text)
      expect(inOneLine).toContain(meaning)
      expect(inOneLine).toContain(fix)
    }
  })
})
