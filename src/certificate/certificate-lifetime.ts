import type { X509Certificate } from "node:crypto"

const dayMs = 24 * 60 * 60 * 1000

/**
 * The times at which the end of a certificate is announced. An announcement is due when no more than
 * `days` and no more than `part` of the certificate's whole lifetime are left. A certificate that is
 * renewed with a third of its lifetime left is therefore never announced, whether its lifetime is six
 * days or ten years.
 */
const announcements: readonly { readonly days: number; readonly part: number }[] = [
  { days: 30, part: 1 / 6 },
  { days: 14, part: 1 / 12 },
  { days: 7, part: 1 / 24 },
  { days: 1, part: 1 / 48 },
  { days: 0, part: 0 },
]

/** Returns the number of announcements due for a certificate: from 0 (far from its end) to 5. */
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
