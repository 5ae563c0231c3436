/** Returns the time at which data expire, in milliseconds since 1970; `undefined` for never. */
export function expiryOf(ttlMs: number, now: number): number | undefined {
  return ttlMs === Infinity ? undefined : Math.min(Math.ceil(now + ttlMs), Number.MAX_SAFE_INTEGER)
}
