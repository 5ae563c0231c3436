/**
 * The digits at the beginning of a text as Telegram's server reads them into 32 bits, where larger
 * numbers go round; 0 where it begins with something else.
 */
export function toInt32(text: string): number {
  const digits = /^-?\d+/.exec(text)?.[0]
  return digits === undefined ? 0 : Number(BigInt.asIntN(32, BigInt(digits)))
}

/** The digits at the beginning of a text; 0 where there are none, or where 64 bits are too few. */
export function toSize(text: string): number {
  const value = BigInt(/^\d+/.exec(text)?.[0] ?? "0")
  return value < 2n ** 64n ? Number(value) : 0
}
