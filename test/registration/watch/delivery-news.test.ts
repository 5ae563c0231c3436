import { describe, expect, test } from "vitest"
import { DeliveryReport } from "../../../src/registration/watch/delivery-news.js"
import type { WebhookInfo } from "../../../src/telegram/types.js"

function info(pending: number, last_error_date?: number, last_error_message?: string): WebhookInfo {
  const url = "https://example.com/"
  const base = { url, has_custom_certificate: false, pending_update_count: pending }
  return last_error_date === undefined
    ? base
    : { ...base, last_error_date, last_error_message: last_error_message ?? "Connection refused" }
}

describe("an error at Telegram", () => {
  test("is logged once, however often it occurs, and again after an hour", () => {
    const reader = new DeliveryReport(100)
    expect(reader.read(info(0, 100)).error).toBeUndefined()
    expect(reader.read(info(0, 101)).error).toBe("Connection refused")
    expect(reader.read(info(0, 101)).hasFailed).toBe(false)
    expect(reader.read(info(0, 400))).toMatchObject({ error: undefined, hasFailed: true })
    expect(reader.read(info(0, 3701)).error).toBe("Connection refused")
  })

  test("is logged at once if it differs from the last one", () => {
    const reader = new DeliveryReport(0)
    reader.read(info(0, 1))
    expect(reader.read(info(0, 2, "Read timeout expired")).error).toBe("Read timeout expired")
  })
})

describe("the number of updates waiting at Telegram", () => {
  test("is logged when three checks in a row show more, and again when it has doubled", () => {
    const reader = new DeliveryReport(0)
    const counts = [100, 150, 200, 250, 300, 399, 401, 500]
    const told = counts.map((count) => reader.read(info(count)).growing)
    const nothing = undefined
    expect(told).toEqual([nothing, nothing, 200, nothing, nothing, nothing, 401, nothing])
  })

  test("is not logged while it is small, or varies", () => {
    const reader = new DeliveryReport(0)
    const counts = [10, 20, 30, 40, 99, 50, 5000, 4000, 6000, 5000]
    expect(counts.map((count) => reader.read(info(count)).growing)).toEqual(
      counts.map(() => undefined),
    )
  })
})
