/**
 * The user and password of a URL. A password that is not percent-encoded may contain `/`, `?`, `#` and `@`. A
 * number of up to five digits before `/`, `?` or `#` is a port, not a password.
 */
const credentials = /\/\/(?:[^\s/?#@:]*:(?!\d{0,5}[/?#])\S{1,500}|[^\s/?#]+)@/g

/** Replaces the user and password of every URL in a text by `<password>`. */
export function redactCredentials(text: string): string {
  return text.replaceAll(credentials, "//<password>@")
}

/**
 * Replaces the user and password of a single URL by `<password>`, even if they contain white space or the
 * URL has no scheme.
 */
export function redactUrlCredentials(url: string): string {
  if (!url.includes("//")) return url.replace(/^.*@/s, "<password>@")
  // Greedy, because a password may contain an @ itself.
  return redactCredentials(url.replace(/\/\/[^/?#]*@/, "//<password>@"))
}
