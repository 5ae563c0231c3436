/** An element of DER, the binary encoding of certificates: a tag, a length and a content. */
export interface DerElement {
  /** The tag byte, with the bits of class and form. */
  readonly tag: number
  /** The content without tag and length. */
  readonly content: Buffer
  /** The position of the byte after this element. */
  readonly end: number
}

/** The tags that certificates use. The meaning of a context-specific tag depends on the enclosing element. */
export const derTag = {
  boolean: 0x01,
  integer: 0x02,
  sequence: 0x30,
  context0: 0xa0,
  context1: 0xa1,
  context3: 0xa3,
} as const

/** Returns the element at a position; `undefined` if `bytes` ends before the element does. */
export function derElement(bytes: Buffer, at = 0): DerElement | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]]
  if (tag === undefined || first === undefined) return undefined
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f
  const start = at + 2 + lengthBytes
  if (lengthBytes > 4 || start > bytes.length) return undefined
  const length = lengthBytes === 0 ? first : bytes.readUIntBE(at + 2, lengthBytes)
  const end = start + length
  return end > bytes.length ? undefined : { tag, content: bytes.subarray(start, end), end }
}

/** Returns the elements that follow each other in `bytes`, up to the first incomplete one. */
export function derElements(bytes: Buffer): DerElement[] {
  const found: DerElement[] = []
  let at = 0
  for (;;) {
    const element = derElement(bytes, at)
    if (!element) return found
    found.push(element)
    at = element.end
  }
}

/**
 * Returns an object identifier as text, as in `2.5.29.15`. Its numbers are encoded in base 128, with the
 * high bit set on each byte except the last. The first encoded number combines the first two numbers: 40
 * times the first, plus the second.
 */
export function objectIdentifier(content: Buffer): string {
  const numbers: number[] = []
  let value = 0
  for (const byte of content) {
    value = value * 128 + (byte & 0x7f)
    if (byte < 0x80) {
      numbers.push(value)
      value = 0
    }
  }
  const [first = 0, ...rest] = numbers
  const root = Math.min(2, Math.floor(first / 40))
  return [root, first - root * 40, ...rest].join(".")
}
