/**
 * Returns the time of the machine's monotonic clock, which all processes share, in milliseconds.
 */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint() / 1000n) / 1000
}
