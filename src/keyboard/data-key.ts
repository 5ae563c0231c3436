import type { Bot } from "../bot/index.js"
import { nodeCrypto } from "../ground/node-modules.js"

/** The number of characters of a signature: 8 bytes. */
export const signatureLength = 11

/** Returns a random key of 128 bits, as 22 characters. */
export function randomKey(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  const text = btoa(String.fromCharCode(...bytes))
  return text.replaceAll("+", "-").replaceAll("/", "_").slice(0, 22)
}

/** Returns whether a text has the form of {@link randomKey}. */
export function isKey(text: string): boolean {
  return /^[\w-]{22}$/.test(text)
}

/** Returns a keyed hash of texts as a key of 128 bits, as 22 characters. */
export function hashKey(bot: Bot, texts: readonly string[]): string {
  return hashOf(bot, texts).subarray(0, 16).toString("base64url")
}

/** Returns a keyed hash of texts, of 8 bytes. The key is the bot's token. */
export function signatureOf(bot: Bot, texts: readonly string[]): string {
  return hashOf(bot, texts).subarray(0, 8).toString("base64url")
}

function hashOf(bot: Bot, texts: readonly string[]): Buffer {
  return nodeCrypto().createHmac("sha256", bot.token).update(JSON.stringify(texts)).digest()
}

/** Returns whether two signatures are equal. Compares them in constant time. */
export function equalSignatures(one: string, other: string): boolean {
  const [a, b] = [new TextEncoder().encode(one), new TextEncoder().encode(other)]
  return a.length === b.length && nodeCrypto().timingSafeEqual(a, b)
}
