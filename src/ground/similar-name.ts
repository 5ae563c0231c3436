/**
 * Returns the known name that is most similar to a misspelt name; `undefined` if none is similar. Upper and lower case,
 * underscores and hyphens make no difference. Of two names with as many different letters, the name with the longer
 * common beginning is the more similar one. A name without similar names is taken for the beginning of a known name, if
 * only one known name begins so.
 */
export function similarName(name: string, knownNames: readonly string[]): string | undefined {
  const given = lettersOf(name)
  // Two letters make another word of a short one.
  const maxDistance = Math.min(2, Math.floor(given.length / 2))
  let nearest: { known: string; distance: number; prefix: number } | undefined
  for (const known of knownNames) {
    const letters = lettersOf(known)
    if (Math.abs(letters.length - given.length) > maxDistance) continue
    const distance = levenshteinDistance(given, letters)
    if (distance > (nearest?.distance ?? maxDistance)) continue
    const prefix = commonPrefix(given, letters)
    if (distance === nearest?.distance && prefix <= nearest.prefix) continue
    nearest = { known, distance, prefix }
  }
  return nearest?.known ?? onlyNameFrom(given, knownNames)
}

function lettersOf(name: string): string {
  return name.toLowerCase().replaceAll(/[_-]/g, "")
}

/** The minimum number of letters from which a name counts as the beginning of another name. */
const minBeginning = 3

/** Returns the only known name that begins with the given letters; `undefined` if there are none or several. */
function onlyNameFrom(given: string, knownNames: readonly string[]): string | undefined {
  if (given.length < minBeginning) return undefined
  const longer = knownNames.filter((known) => lettersOf(known).startsWith(given))
  return longer.length === 1 ? longer[0] : undefined
}

function commonPrefix(left: string, right: string): number {
  let length = 0
  while (length < left.length && left[length] === right[length]) length++
  return length
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
