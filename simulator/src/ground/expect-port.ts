/** Throws a `TypeError` for a `port` option that is not an integer from 0 to 65535. */
export function expectPort(value: unknown): void {
  if (typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= 65_535) return
  const valueText = typeof value === "string" ? JSON.stringify(value) : String(value)
  throw new TypeError(
    `Expected the \`port\` option to be an integer from 0 to 65535, got \`${valueText}\` (${typeof value}).`,
  )
}
