/**
 * Returns the known name that is most similar to a misspelt name; `undefined` if none is similar. Upper and lower case
 * make no difference.
 */
export function similarName(name: string, knownNames: readonly string[]): string | undefined {
  const lowerName = name.toLowerCase()
  // Two letters make another word of a short one.
  const maxDistance = Math.min(2, Math.floor(name.length / 2))
  let [nearest, minDistance]: [string | undefined, number] = [undefined, maxDistance + 1]
  for (const known of knownNames) {
    if (Math.abs(known.length - lowerName.length) > maxDistance) continue
    const distance = levenshteinDistance(lowerName, known.toLowerCase())
    if (distance < minDistance) [nearest, minDistance] = [known, distance]
  }
  return nearest
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
