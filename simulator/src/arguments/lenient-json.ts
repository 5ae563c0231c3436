/**
 * Parses a JSON object like Telegram's server. Returns its members: strings decoded, every other
 * value as raw text. In malformed text, the members in front of the error count.
 */
export function jsonPairs(text: string): [name: string, value: string][] {
  const pairs: [string, string][] = []
  let at = skip(text, space, 0)
  if (text[at] !== "{") return pairs
  do {
    const name = stringAt(text, skip(text, space, at + 1))
    if (name === undefined) break
    const colon = skip(text, space, name.end)
    const value = text[colon] === ":" ? valueAt(text, skip(text, space, colon + 1)) : undefined
    if (value === undefined) break
    pairs.push([name.text, value.text])
    at = skip(text, space, value.end)
  } while (text[at] === ",")
  return pairs
}

interface Found {
  readonly text: string
  readonly end: number
}

const space = /[ \t\r\n]*/y
const quoted = /"(?:[^"\\]|\\[^])*"/y
const scalar = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null/y
const bracketsAndStrings = /["[\]{}]/g

function skip(text: string, pattern: RegExp, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

function stringAt(text: string, at: number): Found | undefined {
  const end = skip(text, quoted, at)
  if (end === at) return undefined
  const literal = text.slice(at, end)
  const value = parsed(literal) ?? parsed(repaired(literal))
  return typeof value === "string" ? { text: value, end } : undefined
}

// Telegram accepts a raw line break, and reads a backslash before any other letter as that letter.
function repaired(literal: string): string {
  return literal
    .replaceAll(/\\([^"\\/bfnrtu])/g, "$1")
    .replaceAll(/[\u0000-\u001f]/g, (letter) => JSON.stringify(letter).slice(1, -1))
}

function valueAt(text: string, at: number): Found | undefined {
  if (text[at] === '"') return stringAt(text, at)
  const isNested = text[at] === "{" || text[at] === "["
  const end = isNested ? nestedEnd(text, at) : skip(text, scalar, at)
  const raw = text.slice(at, end)
  // Leading zeros are allowed.
  if (/^-?0\d+$/.test(raw)) return { text: raw, end }
  return raw !== "" && parsed(raw) !== undefined ? { text: raw, end } : undefined
}

function nestedEnd(text: string, at: number): number {
  let depth = 0
  bracketsAndStrings.lastIndex = at
  for (;;) {
    const start = bracketsAndStrings.lastIndex
    const match = bracketsAndStrings.exec(text)
    if (match === null) return start > at ? at : start
    if (match[0] === '"')
      bracketsAndStrings.lastIndex = Math.max(skip(text, quoted, match.index), match.index + 1)
    else depth += match[0] === "{" || match[0] === "[" ? 1 : -1
    if (depth === 0) return match.index + 1
  }
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    return undefined
  }
}
