/** Names of measurements for which lower is better; for the others the target is a minimum. */
const lowerIsBetter = /^(dispatch|import|many-bots|start|webhook: )/

/**
 * Returns a measurement of a bench as texts: its value, its aim, whether the aim is met, and further values; and as
 * numbers: the value in percent of the aim, and whether lower is better. The target 0 stands for a row without an aim,
 * such as that of another framework.
 */
export function judged({ name, target, ratio, ms, kilobytes, us, updatesPerSecond, ...more }) {
  const [value = Number.NaN, unit = ""] =
    [[ratio], [ms, " ms"], [kilobytes, " KB"], [us, " µs"], [updatesPerSecond, " per second"]].find(
      ([found]) => found !== undefined,
    ) ?? []
  const isLower = (ms ?? kilobytes ?? us) !== undefined || lowerIsBetter.test(name)
  return {
    name,
    measured: `${value}${unit}`,
    aim: target === 0 ? "–" : `${isLower ? "at most" : "at least"} ${target}${unit}`,
    percent: target === 0 ? undefined : (100 * value) / target,
    isLower,
    isMet: target === 0 ? undefined : isLower ? value <= target : value >= target,
    details: Object.entries(more)
      .map(([key, other]) => `${key} ${String(other)}`)
      .join(", "),
  }
}
