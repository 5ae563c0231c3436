import { expect, test } from "vitest"
import { expectSecretToken } from "../../src/webhook/expect-secret-token.js"
import { deriveSecretToken } from "../../src/webhook/secret-token.js"

test("the derived secret of a token never changes", () => {
  expect(deriveSecretToken("123456:ABC-DEF")).toBe("RzoUaIRRkD5X1GNp5qz0dBHciEWiJMfU4Rqs0Mx_wUI")
})

test("the derived secret is valid for Telegram, and does not reveal the token", () => {
  const secret = deriveSecretToken("123456:ABC-DEF")
  expect(expectSecretToken(secret)).toBe(secret)
  expect(secret).toHaveLength(43)
  expect(secret).not.toContain("123456")
})

test("another token has another secret", () => {
  expect(deriveSecretToken("123456:ABC-DEG")).not.toBe(deriveSecretToken("123456:ABC-DEF"))
})
