/** The type of a TLS record with handshake messages. */
const handshakeRecord = 22
/** The type of the handshake message with the server's certificates. */
const certificateMessage = 11

/**
 * Returns the certificates (DER) that a server sent in a TLS handshake of version 1.2 or older; an
 * empty array if `bytes` does not contain the whole certificate message.
 *
 * @param bytes the first bytes that the server sent
 * @see https://datatracker.ietf.org/doc/html/rfc5246#section-7.4.2
 */
export function certificatesOnTheWire(bytes: Buffer): Buffer[] {
  const message = messages(handshakeBytes(bytes)).find(({ type }) => type === certificateMessage)
  return message ? certificatesOf(message.body) : []
}

/**
 * Returns the joined content of the handshake records before the first record of another type. The header
 * of a record has five bytes: its type, two bytes of version, two of length.
 */
function handshakeBytes(bytes: Buffer): Buffer {
  const contents: Buffer[] = []
  let at = 0
  while (at + 5 <= bytes.length && bytes[at] === handshakeRecord) {
    const end = at + 5 + bytes.readUInt16BE(at + 3)
    contents.push(bytes.subarray(at + 5, end))
    at = end
  }
  return Buffer.concat(contents)
}

/** Returns the complete handshake messages. The header has four bytes: the type, three bytes of length. */
function messages(bytes: Buffer): { type: number; body: Buffer }[] {
  const found: { type: number; body: Buffer }[] = []
  let at = 0
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUIntBE(at + 1, 3)
    if (end > bytes.length) break
    found.push({ type: bytes.readUInt8(at), body: bytes.subarray(at + 4, end) })
    at = end
  }
  return found
}

/**
 * Returns the certificates of a certificate message. The message begins with the length of the whole list, and
 * each certificate follows its own length. A length has three bytes.
 */
function certificatesOf(body: Buffer): Buffer[] {
  const found: Buffer[] = []
  let at = 3
  while (at + 3 <= body.length) {
    const end = at + 3 + body.readUIntBE(at, 3)
    found.push(body.subarray(at + 3, end))
    at = end
  }
  return found
}
