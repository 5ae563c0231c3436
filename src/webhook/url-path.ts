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
 * control characters, proxies and browsers encode all characters beyond ASCII, and `node:http` decodes
 * each byte beyond ASCII as a separate character (Latin-1).
 *
 * @throws TypeError for a path with a lone surrogate
 */
export function encodedFormsOf(path: string): readonly string[] {
  if (!path.isWellFormed()) {
    throw new TypeError(
      "Expected the `path` option to be well-formed Unicode; it contains a lone surrogate.",
    )
  }
  const absolute = withLeadingSlash(path)
  // A short way for most paths, which have a single spelling: a fleet computes the forms of a path for each bot.
  if (/^[\x21-\x24\x26-\x7e]*$/.test(absolute)) return [absolute]
  return [...new Set([absolute, decoded(absolute)].flatMap(encodings))]
}

function encodings(path: string): readonly string[] {
  const fullyEncoded = path.replaceAll(/[^\x21-\x7e]+/g, (part) => encodeURIComponent(part))
  const blanksEncoded = path.replaceAll(/[\0-\x20]/g, (blank) => encodeURIComponent(blank))
  const latin1 = String.fromCharCode(...new TextEncoder().encode(blanksEncoded))
  return [path, fullyEncoded, blanksEncoded, latin1]
}

function decoded(path: string): string {
  try {
    return decodeURI(path)
  } catch {
    return path
  }
}
