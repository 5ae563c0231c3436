/** Returns a request target without its query and fragment. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  return end === -1 ? target : target.slice(0, end)
}

/** Returns a path with a leading slash, which the option may omit. */
export function withLeadingSlash(path: string): string {
  return path.startsWith("/") ? path : `/${path}`
}

/**
 * Returns every spelling of a path that a request may have. Telegram percent-encodes only blanks and
 * control characters, proxies and browsers encode all characters beyond ASCII, and `node:http` gives
 * each byte beyond ASCII as a character of its own.
 *
 * @throws TypeError for a path with a lone surrogate
 */
export function spellingsOf(path: string): readonly string[] {
  if (!path.isWellFormed()) {
    throw new TypeError(
      "Expected the `path` option to be well-formed Unicode; it contains a lone surrogate.",
    )
  }
  const whole = withLeadingSlash(path)
  return [...new Set([whole, decoded(whole)].flatMap(encodings))]
}

function encodings(path: string): readonly string[] {
  const encoded = path.replaceAll(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part))
  const blanks = path.replaceAll(/[\0-\x20]/g, (blank) => encodeURIComponent(blank))
  const bytes = String.fromCharCode(...new TextEncoder().encode(blanks))
  return [path, encoded, blanks, bytes]
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
