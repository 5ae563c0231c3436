/** Decodes percent-encoding. Returns a string with a malformed escape, such as `%zz`, unchanged. */
export function decodePercent(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
