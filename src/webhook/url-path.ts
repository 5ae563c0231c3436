/** The path of a request target or URL path: without query and fragment. */
export function pathOf(target: string): string {
  const end = target.search(/[?#]/)
  return end === -1 ? target : target.slice(0, end)
}

/** A path as an option, with or without its leading slash, and as a request names it. */
export function withLeadingSlash(path: string): string {
  return path.startsWith("/") ? path : `/${path}`
}

/**
 * Every way in which a request can spell a path: Telegram percent-encodes nothing but blanks and
 * control characters, proxies and browsers encode everything beyond ASCII, and `node:http` shows
 * bytes beyond ASCII one character each.
 *
 * @throws TypeError for a path that no request can have
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
