/**
 * The user and password of a URL. A password that is not percent-encoded may contain `/`, `?`, `#` and `@`;
 * a port before a path is no password.
 */
const credentials = /\/\/(?:[^\s/?#@:]*:(?!\d{0,5}[/?#])\S{1,500}|[^\s/?#]+)@/g

/** Replaces the user and password of every URL in a text by `<password>`. */
export function redactCredentials(text: string): string {
  return text.replaceAll(credentials, "//<password>@")
}
