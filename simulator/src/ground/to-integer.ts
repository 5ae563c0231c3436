/**
 * Parses the leading digits of a text like Telegram's server: into 32 bits, with overflow wrapping
 * around. Returns 0 without leading digits.
 */
export function toInt32(text: string): number {
  const digits = /^-?\d+/.exec(text)?.[0]
  return digits === undefined ? 0 : Number(BigInt.asIntN(32, BigInt(digits)))
}

/**
 * Parses the leading digits of a text. Returns 0 without digits, and if the number exceeds 64 bits.
 */
export function toSize(text: string): number {
  const value = BigInt(/^\d+/.exec(text)?.[0] ?? "0")
  return value < 2n ** 64n ? Number(value) : 0
}
