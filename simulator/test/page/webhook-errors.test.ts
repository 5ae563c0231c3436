import { expect, test } from "vitest"
import { connectionErrors } from "../../../src/telegram/webhook-errors/connection-errors.js"
import { explainWebhookError } from "../../../src/telegram/webhook-errors/explain-webhook-error.js"
import { registrationErrors } from "../../../src/telegram/webhook-errors/registration-errors.js"
import { responseErrors } from "../../../src/telegram/webhook-errors/response-errors.js"
import { explain } from "../../page/src/wire/explain.js"

// The simulator imports nothing of Sounder: its page has a copy of the explanations.
test("the page explains webhook errors as Sounder does: `-u` copies the explanations", async () => {
  const all = [...registrationErrors, ...responseErrors, ...connectionErrors]
  const copied = all.map(([pattern, , meaning, fix]) => ({
    pattern: pattern.source,
    flags: pattern.flags,
    meaning,
    fix,
  }))
  const text =
    "// Copied from src/telegram/webhook-errors by test/page/webhook-errors.test.ts. Do not edit.\n\n" +
    "/** Telegram's errors about webhooks, explained; the first pattern that fits counts. */\n" +
    `export const webhookErrors = ${JSON.stringify(copied, null, 2)} as const\n`
  await expect(text).toMatchFileSnapshot("../../page/src/wire/webhook-errors.generated.ts")
})

test.each([
  "Wrong response from the webhook: 401 Unauthorized",
  "Wrong response from the webhook: 502 Bad Gateway",
  "Read timeout expired",
  "SSL error {error:0A000086:SSL routines::certificate verify failed}",
])("%s is explained in the same words", (text) => {
  const { meaning, fix } = explainWebhookError(text)
  expect(explain(text)).toBe(`${meaning} ${fix}`)
})

test("an unknown error is explained by Telegram's reaction to it", () => {
  expect(explain("Something new")).toMatch("retries until the update is 24 hours old")
})
