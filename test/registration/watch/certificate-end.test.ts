import { describe, expect, test } from "vitest"
import { createCertificate } from "../../../src/certificate/index.js"
import { CertificateEnd } from "../../../src/registration/watch/certificate-end.js"

const dayMs = 24 * 60 * 60 * 1000

/** The days before its end on which a certificate is spoken of, when it is looked at every six hours. */
async function announcedDays(days: number): Promise<number[]> {
  const { cert } = await createCertificate("bot.example.com", { days })
  const end = Date.now() + days * dayMs
  const watch = new CertificateEnd()
  const found: number[] = []
  for (let left = days; left >= -1; left -= 0.25) {
    if (watch.announcement(cert, end - left * dayMs) !== undefined) found.push(left)
  }
  return found
}

describe("the end of a certificate", () => {
  test("of ten years is announced a month, two weeks, a week and a day before, and when it is there", async () => {
    const days = await announcedDays(3650)
    expect(days.map((day) => Math.ceil(day))).toEqual([30, 14, 7, 1, 0])
  })

  test("of 90 days is not spoken of while it is renewed in time", async () => {
    const days = await announcedDays(90)
    expect(Math.max(...days)).toBeLessThanOrEqual(15)
    expect(days).toHaveLength(5)
  })

  test("says whose it is, when it ends and what to do", async () => {
    const { cert } = await createCertificate("bot.example.com", { days: 365 })
    const end = Date.now() + 365 * dayMs
    const watch = new CertificateEnd()
    expect(watch.announcement(cert, end - 60 * dayMs)).toBeUndefined()
    expect(watch.announcement(cert, end - 20 * dayMs)).toMatch(
      /^The certificate of the webhook \(CN=bot\.example\.com\) expires in (19|20) days, on \d{4}-\d\d-\d\d \d\d:\d\d UTC; .* `sounder certificate HOST --force`/,
    )
    expect(watch.announcement(cert, end - 12 * 3_600_000)).toMatch(/expires in 1[123] hours/)
    expect(watch.announcement(cert, end + 1000)).toMatch(/expired on/)
  })

  test("of another certificate is announced anew", async () => {
    const watch = new CertificateEnd()
    for (const host of ["a.example.com", "b.example.com"]) {
      const { cert } = await createCertificate(host, { days: 365 })
      expect(watch.announcement(cert, Date.now() + 360 * dayMs)).toContain(host)
    }
  })

  test("of what is no certificate is not spoken of", () => {
    expect(new CertificateEnd().announcement("")).toBeUndefined()
  })
})
