/**
 * Returns whether a request is a call of `getUpdates`, whose answer may take a minute: the polls of many bots must not
 * occupy the connections of other calls.
 *
 * @param path the path of the request
 */
export function isPoll(path: string): boolean {
  return /\/getUpdates$/i.test(path)
}
