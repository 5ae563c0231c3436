const units: Record<string, number> = { m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Returns the time of "20m", "3h" or "2d" in milliseconds, or `undefined` for another text. */
export function durationOf(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d{1,4})([mhd])$/.exec(text) ?? []
  return count === undefined ? undefined : Number(count) * units[unit]
}
