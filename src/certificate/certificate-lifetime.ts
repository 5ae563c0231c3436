import type { X509Certificate } from "node:crypto"

const dayMs = 24 * 60 * 60 * 1000

/**
 * The times of the warnings that a certificate expires. A warning is due when both at most `days` days and at
 * most the fraction `part` of the certificate's lifetime remain. A certificate that is renewed when a third
 * of its lifetime remains therefore causes no warning, whether its lifetime is six days or ten years.
 */
const announcements: readonly { readonly days: number; readonly part: number }[] = [
  { days: 30, part: 1 / 6 },
  { days: 14, part: 1 / 12 },
  { days: 7, part: 1 / 24 },
  { days: 1, part: 1 / 48 },
  { days: 0, part: 0 },
]

/** Returns the number of warnings that are due: from 0 (far from the certificate's end) to 5 (expired). */
export function dueAnnouncements(
  { validFrom, validTo }: Pick<X509Certificate, "validFrom" | "validTo">,
  now: number,
): number {
  const end = Date.parse(validTo)
  const lifetimeMs = end - Date.parse(validFrom)
  return announcements.filter(({ days, part }) => {
    return end - now <= Math.min(days * dayMs, part * lifetimeMs)
  }).length
}

/** Returns a duration as text: `12 days`, or `5 hours` for less than two days. */
export function timeLeftText(leftMs: number): string {
  if (leftMs >= 2 * dayMs) return `${Math.floor(leftMs / dayMs)} days`
  return `${Math.ceil(leftMs / 3_600_000)} hours`
}
