import type { X509Certificate } from "node:crypto"

const dayMs = 24 * 60 * 60 * 1000

/**
 * The announcements that a certificate expires. An announcement is due when both at most `days` days and at
 * most `lifetimeFraction` of the certificate's lifetime remain. If a certificate is renewed when a third of
 * its lifetime remains, no announcement is ever due, whether the lifetime is six days or ten years.
 */
const announcements: readonly { readonly days: number; readonly lifetimeFraction: number }[] = [
  { days: 30, lifetimeFraction: 1 / 6 },
  { days: 14, lifetimeFraction: 1 / 12 },
  { days: 7, lifetimeFraction: 1 / 24 },
  { days: 1, lifetimeFraction: 1 / 48 },
  { days: 0, lifetimeFraction: 0 },
]

/** Returns the number of announcements that are due: from 0 (far from the certificate's end) to 5 (expired). */
export function dueAnnouncements(
  { validFrom, validTo }: Pick<X509Certificate, "validFrom" | "validTo">,
  now: number,
): number {
  const end = Date.parse(validTo)
  const lifetimeMs = end - Date.parse(validFrom)
  return announcements.filter(({ days, lifetimeFraction }) => {
    return end - now <= Math.min(days * dayMs, lifetimeFraction * lifetimeMs)
  }).length
}

/** Returns a duration as text: `12 days`, or `5 hours` for less than two days. */
export function timeLeftText(remainingMs: number): string {
  if (remainingMs >= 2 * dayMs) return `${Math.floor(remainingMs / dayMs)} days`
  return `${Math.ceil(remainingMs / 3_600_000)} hours`
}
