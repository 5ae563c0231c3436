import { nodeCrypto } from "../../ground/node-modules.js"
import { StorageError } from "../../queue/index.js"

/** The number of bytes of a key. */
const keyBytes = 32
/** The number of bytes of an initialization vector, and of an authentication tag. */
const [ivBytes, tagBytes] = [12, 16] as const
/** The form of a sealed token: version, id of the key, content. */
const sealedPattern = /^1\.([\w-]{8})\.([\w-]+)$/

interface VaultKey {
  readonly id: string
  readonly secret: Buffer
}

/**
 * Encrypts tokens with AES-256-GCM. The first key encrypts, and every key decrypts. A sealed token names its key by
 * an id that does not reveal the key, and belongs to one bot: in the row of another bot it cannot be opened.
 */
export class TokenVault {
  readonly #keys: readonly [VaultKey, ...VaultKey[]]

  /**
   * @param keys keys of 32 bytes, as hexadecimal digits or base64; one text may contain several, separated by commas
   * @throws TypeError for any other value; the message contains no key
   */
  constructor(keys: string | readonly string[]) {
    this.#keys = expectKeys(keys)
  }

  /** Returns the encrypted token of a bot. */
  seal(botId: number, token: string): string {
    const [{ id, secret }] = this.#keys
    const { createCipheriv, randomBytes } = nodeCrypto()
    const iv = randomBytes(ivBytes)
    const cipher = createCipheriv("aes-256-gcm", secret, iv).setAAD(ownerOf(botId))
    const text = Buffer.concat([cipher.update(token, "utf8"), cipher.final()])
    const content = Buffer.concat([iv, cipher.getAuthTag(), text])
    return `1.${id}.${content.toString("base64url")}`
  }

  /** Returns the token of a bot. Throws a {@link StorageError} if no key fits. */
  open(botId: number, sealed: string): string {
    const [, id, content = ""] = sealedPattern.exec(sealed) ?? []
    const key = this.#keys.find((one) => one.id === id)
    if (!key) throw wrongKey(botId, id)
    try {
      return opened(key.secret, botId, Buffer.from(content, "base64url"))
    } catch (cause) {
      throw new StorageError(
        "storage-corrupted",
        `The stored token of bot ${botId} is damaged, or belongs to another bot. Add the bot again with its token`,
        { cause },
      )
    }
  }

  /** Returns whether a token is encrypted with the first key. */
  isNewest(sealed: string): boolean {
    return sealedPattern.exec(sealed)?.[1] === this.#keys[0].id
  }
}

/** Returns a new key, as base64. */
export function randomVaultKey(): string {
  return nodeCrypto().randomBytes(keyBytes).toString("base64")
}

function opened(secret: Buffer, botId: number, content: Buffer): string {
  const tag = content.subarray(ivBytes, ivBytes + tagBytes)
  const options = { authTagLength: tagBytes }
  const decipher = nodeCrypto()
    .createDecipheriv("aes-256-gcm", secret, content.subarray(0, ivBytes), options)
    .setAAD(ownerOf(botId))
    .setAuthTag(tag)
  const text = content.subarray(ivBytes + tagBytes)
  return Buffer.concat([decipher.update(text), decipher.final()]).toString("utf8")
}

/** Returns the data that a sealed token is bound to. */
function ownerOf(botId: number): Buffer {
  return Buffer.from(`sounder bot ${botId}`)
}

function wrongKey(botId: number, id: string | undefined): StorageError {
  const known = id === undefined ? "in an unknown form" : `with the key ${id}`
  return new StorageError(
    "wrong-key",
    `The token of bot ${botId} is encrypted ${known}, which is not among the option \`keys\`. Add that key behind ` +
      "the newest one",
  )
}

function expectKeys(given: unknown): readonly [VaultKey, ...VaultKey[]] {
  const texts: readonly unknown[] = Array.isArray(given) ? given : [given]
  const single = texts.flatMap((text) => (typeof text === "string" ? text.split(",") : [text]))
  const [first, ...others] = single.map((text) => vaultKey(text))
  // `split` returns at least one text, so that only an empty array has no first key.
  return first ? [first, ...others] : refuseKeys("an empty array")
}

function vaultKey(given: unknown): VaultKey {
  if (typeof given !== "string" || given.trim() === "") return refuseKeys("a missing key")
  const text = given.trim()
  const isHex = /^[\da-f]{64}$/i.test(text)
  const isBase64 = /^[\w+/-]{43}=?$/.test(text)
  if (!isHex && !isBase64) return refuseKeys(`a text of ${text.length} characters`)
  const key = Buffer.from(text, isHex ? "hex" : "base64")
  const derive = (purpose: string) =>
    nodeCrypto().createHmac("sha256", key).update(`sounder ${purpose}`).digest()
  return {
    id: derive("key id").subarray(0, 6).toString("base64url"),
    secret: derive("tokens of bots"),
  }
}

function refuseKeys(got: string): never {
  throw new TypeError(
    "Expected the `keys` option to contain keys of 32 bytes, as hexadecimal digits or base64, " +
      `such as the output of \`openssl rand -base64 32\`, got ${got}.`,
  )
}
