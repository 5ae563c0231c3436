/**
 * Returns true if two secrets are equal. Compares in constant time, so that the duration tells nothing
 * about the secret, and uses only APIs that every runtime has.
 *
 * @param expected the secret of the webhook
 * @param received the secret of the request; `undefined` for none
 */
export function sameSecret(expected: string, received: string | undefined): boolean {
  if (received === undefined) return false
  let difference = expected.length ^ received.length
  for (let index = 0; index < expected.length; index += 1) {
    // Past the end of `received`, `charCodeAt` returns NaN, which counts as 0; the lengths differ then.
    difference |= expected.charCodeAt(index) ^ received.charCodeAt(index)
  }
  return difference === 0
}
