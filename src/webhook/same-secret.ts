/**
 * Returns true if two secrets are equal. Compares in constant time, so that the duration tells nothing
 * about the secret, and uses no API of a single runtime.
 *
 * @param expected the secret of the webhook
 * @param given the secret of the request; `undefined` for none
 */
export function sameSecret(expected: string, given: string | undefined): boolean {
  if (given === undefined) return false
  let difference = expected.length ^ given.length
  for (let index = 0; index < expected.length; index += 1) {
    // Past the end of `given` this is NaN, which counts as 0: the lengths differ already.
    difference |= expected.charCodeAt(index) ^ given.charCodeAt(index)
  }
  return difference === 0
}
