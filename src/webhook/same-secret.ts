/**
 * Returns true if two secrets are equal. Compares in constant time, so that the duration tells nothing
 * about the secret, and uses no API of a single runtime.
 *
 * @param expected the secret of the webhook
 * @param received the secret of the request; `undefined` for none
 */
export function sameSecret(expected: string, received: string | undefined): boolean {
  if (received === undefined) return false
  let difference = expected.length ^ received.length
  for (let index = 0; index < expected.length; index += 1) {
    // Past the end of `received` this is NaN, which counts as 0: the lengths differ already.
    difference |= expected.charCodeAt(index) ^ received.charCodeAt(index)
  }
  return difference === 0
}
