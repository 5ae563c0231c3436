const encoder = new TextEncoder()

/** Returns whether a text has a signature by HMAC-SHA-256, in hexadecimal digits. Takes a constant time. */
export async function isHashOf(
  hash: string | undefined,
  secret: Uint8Array<ArrayBuffer>,
  text: string,
): Promise<boolean> {
  if (hash === undefined || !/^[\da-f]{64}$/i.test(hash)) return false
  const key = await hmacKey(secret, "verify")
  return crypto.subtle.verify("HMAC", key, bytesOfHex(hash), encoder.encode(text))
}

/** Returns the signature of a text by HMAC-SHA-256. */
export async function hmac(secret: string, text: string): Promise<Uint8Array<ArrayBuffer>> {
  const key = await hmacKey(encoder.encode(secret), "sign")
  return new Uint8Array(await crypto.subtle.sign("HMAC", key, encoder.encode(text)))
}

/** Returns the SHA-256 of a text. */
export async function sha256(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(text)))
}

/** Returns whether a text has a signature by Ed25519, in base64url. */
export async function isSignatureOf(
  signature: string | undefined,
  publicKey: string,
  text: string,
): Promise<boolean> {
  if (signature === undefined || !/^[\w-]{86}={0,2}$/.test(signature)) return false
  const key = await crypto.subtle.importKey("raw", bytesOfHex(publicKey), "Ed25519", false, [
    "verify",
  ])
  const base64 = signature.replaceAll("-", "+").replaceAll("_", "/").replaceAll("=", "")
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0))
  return crypto.subtle.verify("Ed25519", key, bytes, encoder.encode(text))
}

function hmacKey(secret: Uint8Array<ArrayBuffer>, use: "sign" | "verify") {
  return crypto.subtle.importKey("raw", secret, { name: "HMAC", hash: "SHA-256" }, false, [use])
}

function bytesOfHex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}
