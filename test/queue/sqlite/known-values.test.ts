import { expect, test } from "vitest"
import { KnownValues } from "../../../src/queue/sqlite/known-values.js"

const entry = (json: string) => ({ json, version: 1 })

test("a value is known until it expires, and a key without a value is known, too", () => {
  const known = new KnownValues()
  const expiring = { ...entry("1"), expiresAt: 100 }
  known.set("chat", expiring)
  known.set("user", undefined)
  expect([known.get("chat", 99), known.get("chat", 100)]).toEqual([expiring, "none"])
  expect([known.get("user", 99), known.get("topic", 99)]).toEqual(["none", undefined])
})

test("the oldest keys are forgotten when there are more than a thousand", () => {
  const known = new KnownValues()
  for (let key = 1; key <= 1_200; key++) known.set(`${key}`, entry("1"))
  const found = ["176", "177", "1200"].map((key) => known.get(key, 0) !== undefined)
  expect(found).toEqual([false, true, true])
})

test("the oldest keys are forgotten when the values have more than four million characters", () => {
  const known = new KnownValues()
  const megabyte = entry("1".repeat(1_000_000))
  for (const key of ["a", "b", "c", "d"]) known.set(key, megabyte)
  known.set("a", megabyte)
  expect(known.get("a", 0)).toBe(megabyte)
  known.set("e", entry("1"))
  expect([known.get("a", 0), known.get("b", 0)]).toEqual([undefined, megabyte])
  known.set("f", entry("1".repeat(4_000_001)))
  expect(known.get("f", 0)).toBeUndefined()
})
