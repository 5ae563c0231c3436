import type { Bot } from "../bot/index.js"
import type { DataForm } from "../keyboard/data-form.js"
import {
  equalSignatures,
  isKey,
  randomKey,
  signatureLength,
  signatureOf,
} from "../keyboard/data-key.js"
import { decodeText, encodedLength, encodeText } from "./encoded-text.js"

/** The definition of start parameters. */
export interface ParameterDefinition {
  readonly prefix: string
  readonly form: DataForm<object>
  readonly ttlMs: number
  readonly isSigned: boolean
}

/** The bot, and the store for data that do not fit into a link. */
export interface ParameterPlace {
  readonly bot: Bot
  readonly store: (key: string, value: StoredParameter) => void
}

/** Data that do not fit into a link, as they are stored. */
export interface StoredParameter {
  readonly prefix: string
  readonly packed: string
}

/** The bot, and the reader of stored data. */
export interface ParameterSource {
  readonly bot: Bot
  readonly stored: (key: string) => Promise<unknown>
}

/** The namespace of stored data. */
export const parameterSpace = "start-parameter"
/** The maximum length of a parameter. */
export const maxLength = 64
/** The characters between the prefix and packed data, and between the prefix and the key of stored data. */
const [wholeMark, storedMark] = ["_", "-"]

/**
 * Returns a parameter: the packed data, or the key under which they are stored.
 *
 * @param place not needed for data that are short and not signed
 */
export function packParameter(
  { prefix, form, isSigned }: ParameterDefinition,
  data: object,
  place?: ParameterPlace,
): string {
  const packed = form.pack(data)
  const signature =
    isSigned && place ? signatureOf(place.bot, [parameterSpace, prefix, packed]) : ""
  const whole = prefix + wholeMark + signature + encodeText(packed)
  if (whole.length <= maxLength || !place) return whole
  const key = randomKey()
  place.store(key, { prefix, packed })
  return prefix + storedMark + key
}

/** Resolves with the data of a parameter; `undefined` for any other text. */
export async function readParameter(
  { prefix, form, isSigned }: ParameterDefinition,
  parameter: string,
  { bot, stored }: ParameterSource,
): Promise<object | undefined> {
  const [mark, rest] = [parameter.charAt(prefix.length), parameter.slice(prefix.length + 1)]
  if (!parameter.startsWith(prefix) || parameter.length > maxLength) return undefined
  if (mark === storedMark && isKey(rest)) {
    // `packParameter` has stored all values of this namespace.
    const value = (await stored(rest)) as StoredParameter | undefined
    return value?.prefix === prefix ? form.unpack(value.packed) : undefined
  }
  if (mark !== wholeMark) return undefined
  const packed = decodeText(isSigned ? rest.slice(signatureLength) : rest)
  if (packed === undefined) return undefined
  const isGenuine =
    !isSigned ||
    equalSignatures(
      rest.slice(0, signatureLength),
      signatureOf(bot, [parameterSpace, prefix, packed]),
    )
  return isGenuine ? form.unpack(packed) : undefined
}

/** Returns the maximum length of a parameter whose data have the same fields. */
export function maxCharacters({ prefix, form }: ParameterDefinition, data: object): number {
  return prefix.length + 1 + encodedLength(form.maxBytes(data))
}
