import { nodeZlib } from "../ground/node-zlib.js"

/** The checksum and the length at the end of a gzip member. */
const trailerBytes = 8

/** Returns whether bytes begin with the magic number of gzip or zlib. */
export function isCompressedData(bytes: Buffer): boolean {
  return isGzip(bytes) || (bytes.length >= 2 && bytes.readUInt16BE(0) % 31 === 0)
}

/**
 * Decompresses gzip or zlib. If gzip has several members, only the first counts; bytes behind the
 * stream are ignored. Throws for damaged bytes, and a `RangeError` if the result exceeds the limit.
 */
export function decompressed(bytes: Buffer, maxOutputLength: number): Buffer {
  const { inflateSync, inflateRawSync, crc32 } = nodeZlib()
  if (!isGzip(bytes)) return inflateSync(bytes, { maxOutputLength })
  const body = bytes.subarray(headLength(bytes))
  // With `info`, zlib also returns its engine, which knows how many bytes it has read.
  const { buffer, engine } = inflateRawSync(body, {
    maxOutputLength,
    info: true,
  }) as unknown as { buffer: Buffer; engine: { bytesWritten: number } }
  const trailer = body.subarray(engine.bytesWritten, engine.bytesWritten + trailerBytes)
  if (trailer.length < trailerBytes || trailer.readUInt32LE(0) !== crc32(buffer)) {
    throw new Error("The gzip data is truncated, or its checksum is wrong")
  }
  return buffer
}

function isGzip(bytes: Buffer): boolean {
  return bytes.length >= 10 && bytes.readUInt16BE(0) === 0x1f8b
}

// The ten fixed bytes may be followed by an extra field, a name, a comment and a checksum.
function headLength(bytes: Buffer): number {
  const flags = bytes[3] ?? 0
  let at = 10
  if ((flags & 4) !== 0) at += 2 + bytes.readUInt16LE(at)
  for (const flag of [8, 16]) if ((flags & flag) !== 0) at = bytes.indexOf(0, at) + 1
  return (flags & 2) === 0 ? at : at + 2
}
