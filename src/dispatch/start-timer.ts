/** A timer that never rings where the time is longer than a timer can be. */
export function startTimer(
  ring: () => void,
  ms: number,
): ReturnType<typeof setTimeout> | undefined {
  return ms < 2 ** 31 ? setTimeout(ring, ms) : undefined
}
