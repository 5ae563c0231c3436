import { expect, test } from "vitest"
import {
  adviceForLastError,
  isOutdatedRegistration,
} from "../../../src/retrieval/webhook/last-error.js"

const untrusted = "SSL error {error:0A000086:SSL routines::certificate verify failed}"

test.each([
  [untrusted, "does not trust the certificate"],
  ["SSL error {error:0A00010B:SSL routines::wrong version number}", "speaks plain HTTP"],
  ["SSL error {error:0A000438:SSL routines::tlsv1 alert internal error}", "TLS 1.2 or newer"],
  ["Connection refused", "Nothing listens"],
  ["Can't connect to the webhook", "Nothing listens"],
  ["Connection timed out", "firewall"],
  ["No route to host", "firewall"],
  ["Network is unreachable", "firewall"],
  ["Write timeout expired", "firewall"],
  ["Read timeout expired", "within 60 s"],
  ["Connection reset by peer", "The connection was cut"],
  ["Wrong response from the webhook: 301 Moved Permanently", "follows no redirects"],
  ["Wrong response from the webhook: 401 Unauthorized", "secret token did not match"],
  ["Wrong response from the webhook: 403 Forbidden", "A proxy refuses"],
  ["Wrong response from the webhook: 404 Not Found", "`urlPath`"],
  ["Wrong response from the webhook: 413 Payload Too Large", "`maxBodyBytes`"],
  ["Wrong response from the webhook: 502 Bad Gateway", "where it forwards to"],
  ["Wrong response from the webhook: 503 Service Unavailable", "sends the update again"],
])("%s is explained", (message, words) => {
  expect(adviceForLastError(message)).toContain(words)
})

test("what is unknown gets no advice", () => {
  expect(adviceForLastError("Something new")).toBe("")
})

test("only a refused certificate or secret can come from an old registration", () => {
  expect(isOutdatedRegistration(untrusted)).toBe(true)
  expect(isOutdatedRegistration("Wrong response from the webhook: 401 Unauthorized")).toBe(true)
  expect(isOutdatedRegistration("Wrong response from the webhook: 404 Not Found")).toBe(false)
  expect(isOutdatedRegistration("Connection refused")).toBe(false)
})
