/** Returns a text as letters, digits, `_` and `-`: base64url of its UTF-8. */
export function encodeText(text: string): string {
  const bytes = new TextEncoder().encode(text)
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""))
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "")
}

/** Returns the text of {@link encodeText}; `undefined` for a text that this function does not return. */
export function decodeText(encoded: string): string | undefined {
  try {
    const binary = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"))
    const bytes = Uint8Array.from(binary, (character) => character.charCodeAt(0))
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes)
    // One text has one encoding.
    return encodeText(text) === encoded ? text : undefined
  } catch {
    return undefined
  }
}

/** Returns the length of {@link encodeText} for a text of this number of bytes. */
export function encodedLength(bytes: number): number {
  return Math.ceil((bytes * 4) / 3)
}
