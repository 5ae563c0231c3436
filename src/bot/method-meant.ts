import { methodNames } from "./method-names.generated.js"

/** The maximum Levenshtein distance of a suggestion. */
const tolerance = 2

/** Returns the Bot API method that is most similar to a misspelt name; `undefined` if none is similar. */
export function methodMeant(name: string): string | undefined {
  const given = name.toLowerCase()
  let [nearest, least]: [string | undefined, number] = [undefined, tolerance + 1]
  for (const method of methodNames) {
    if (Math.abs(method.length - given.length) > tolerance) continue
    const distance = distanceOf(given, method.toLowerCase())
    if (distance < least) [nearest, least] = [method, distance]
  }
  return least === 0 ? undefined : nearest
}

/** Returns the Levenshtein distance. */
function distanceOf(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (let at = 1; at <= one.length; at++) {
    const next = [at]
    for (let to = 1; to <= other.length; to++) {
      const replaced = (row[to - 1] ?? 0) + (one[at - 1] === other[to - 1] ? 0 : 1)
      next.push(Math.min(replaced, (row[to] ?? 0) + 1, (next[to - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
