/**
 * Returns a secret that `setWebhook` accepts, or false. Throws a `TypeError` for other values.
 *
 * @see https://core.telegram.org/bots/api#setwebhook
 */
export function expectSecretToken(value: unknown): string | false {
  if (value === false) return false
  if (typeof value === "string" && /^[A-Za-z0-9_-]{1,256}$/.test(value)) return value
  // The message does not contain the secret.
  const received = typeof value === "string" ? "other characters or another length" : typeof value
  throw new TypeError(
    `Expected the \`secretToken\` option to be 1 to 256 of A-Z a-z 0-9 _ -, or false, got ${received}.`,
  )
}
