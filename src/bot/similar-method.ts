import { methodNames } from "./method-names.generated.js"

/** The maximum Levenshtein distance between a misspelt name and the suggested method. */
const maxDistance = 2

/**
 * Returns the Bot API method that is most similar to a misspelt name; `undefined` if none is similar, or if
 * the name differs from a method in upper and lower case only.
 */
export function similarMethod(name: string): string | undefined {
  const lowerName = name.toLowerCase()
  let [nearest, minDistance]: [string | undefined, number] = [undefined, maxDistance + 1]
  for (const method of methodNames) {
    if (Math.abs(method.length - lowerName.length) > maxDistance) continue
    const distance = levenshteinDistance(lowerName, method.toLowerCase())
    if (distance < minDistance) [nearest, minDistance] = [method, distance]
  }
  return minDistance === 0 ? undefined : nearest
}

/** Returns the number of letters to insert, delete or replace to get from one text to the other. */
function levenshteinDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index)
  for (let fromIndex = 1; fromIndex <= from.length; fromIndex++) {
    const nextRow = [fromIndex]
    for (let toIndex = 1; toIndex <= to.length; toIndex++) {
      const isSame = from[fromIndex - 1] === to[toIndex - 1]
      const replaced = (row[toIndex - 1] ?? 0) + (isSame ? 0 : 1)
      nextRow.push(Math.min(replaced, (row[toIndex] ?? 0) + 1, (nextRow[toIndex - 1] ?? 0) + 1))
    }
    row = nextRow
  }
  return row[to.length] ?? 0
}
