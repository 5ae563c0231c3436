/**
 * Whether the secret that came is the expected one, in a time that does not depend on where the two
 * differ, and without anything of one runtime.
 *
 * @param given what the request said
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
