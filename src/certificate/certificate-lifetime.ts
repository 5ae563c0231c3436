import type { X509Certificate } from "node:crypto"

const dayMs = 24 * 60 * 60 * 1000

/**
 * When the end of a certificate is announced: so many days before, and at the latest when this part
 * of its life is left. A certificate that is renewed in time, with a third of its life left, is never
 * spoken of, whether it lives for six days or for ten years.
 */
const announcements: readonly { readonly days: number; readonly part: number }[] = [
  { days: 30, part: 1 / 6 },
  { days: 14, part: 1 / 12 },
  { days: 7, part: 1 / 24 },
  { days: 1, part: 1 / 48 },
  { days: 0, part: 0 },
]

/** How many announcements of its end are due for a certificate: 0 while there is time, at most 5. */
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

/** Spells the time until an end, as in `5 hours` and `12 days`. */
export function spelledTimeLeft(leftMs: number): string {
  if (leftMs >= 2 * dayMs) return `${Math.floor(leftMs / dayMs)} days`
  return `${Math.ceil(leftMs / 3_600_000)} hours`
}
