/**
 * Returns a function that matches a pattern from the start of a text, as `String.prototype.match` does for a pattern
 * without the flag `g`. A shared `RegExp` with the flag `g` or `y` would continue at the end of its last match. With `y`,
 * the pattern must match at the start of the text.
 */
export function textMatcher(pattern: RegExp): (text: string) => RegExpExecArray | null {
  const copy = new RegExp(pattern.source, pattern.flags.replace("g", ""))
  return (text) => {
    copy.lastIndex = 0
    return copy.exec(text)
  }
}
