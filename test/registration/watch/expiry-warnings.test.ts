import { describe, expect, test } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { ExpiryWarnings } from "../../../src/registration/watch/expiry-warnings.js"

const dayMs = 24 * 60 * 60 * 1000

/** Returns the days before expiry with an announcement, at a check every six hours. */
async function announcedDays(days: number): Promise<number[]> {
  const { cert } = await createCertificate("bot.example.com", { days })
  const end = Date.now() + days * dayMs
  const warnings = new ExpiryWarnings()
  const found: number[] = []
  for (let left = days; left >= -1; left -= 0.25) {
    if (warnings.due(cert, end - left * dayMs) !== undefined) found.push(left)
  }
  return found
}

describe("the expiry of a certificate", () => {
  test("of ten years is announced a month, two weeks, a week and a day before, and when it is reached", async () => {
    const days = await announcedDays(3650)
    expect(days.map((day) => Math.ceil(day))).toEqual([30, 14, 7, 1, 0])
  })

  test("of 90 days is not announced while the certificate is renewed in time", async () => {
    const days = await announcedDays(90)
    expect(Math.max(...days)).toBeLessThanOrEqual(15)
    expect(days).toHaveLength(5)
  })

  test("is announced with the certificate's name, its date and the remedy", async () => {
    const { cert } = await createCertificate("bot.example.com", { days: 365 })
    const end = Date.now() + 365 * dayMs
    const warnings = new ExpiryWarnings()
    expect(warnings.due(cert, end - 60 * dayMs)).toBeUndefined()
    expect(warnings.due(cert, end - 20 * dayMs)).toMatch(
      /^The certificate of the webhook \(CN=bot\.example\.com\) expires in (19|20) days, on \d{4}-\d\d-\d\d \d\d:\d\d UTC; .* `sounder certificate HOST --force`/,
    )
    expect(warnings.due(cert, end - 12 * 3_600_000)).toMatch(/expires in 1[123] hours/)
    expect(warnings.due(cert, end + 1000)).toMatch(/expired on/)
  })

  test("of another certificate is announced again", async () => {
    const warnings = new ExpiryWarnings()
    for (const host of ["a.example.com", "b.example.com"]) {
      const { cert } = await createCertificate(host, { days: 365 })
      expect(warnings.due(cert, Date.now() + 360 * dayMs)).toContain(host)
    }
  })

  test("of an invalid certificate is not announced", () => {
    expect(new ExpiryWarnings().due("")).toBeUndefined()
  })
})
