/** A size in pixels. */
export interface Size {
  readonly width: number
  readonly height: number
}

/** Returns the size of a PNG, GIF, WEBP or JPEG; `undefined` for other files. */
export function imageSize(bytes: Buffer): Size | undefined {
  if (bytes.length < 12) return undefined
  if (text(bytes, 1, 4) === "PNG") return pair(bytes.readUInt32BE(16), bytes.readUInt32BE(20))
  if (text(bytes, 0, 4) === "GIF8") return pair(bytes.readUInt16LE(6), bytes.readUInt16LE(8))
  if (text(bytes, 0, 4) === "RIFF" && text(bytes, 8, 12) === "WEBP") return webpSize(bytes)
  return bytes.readUInt16BE(0) === 0xffd8 ? jpegSize(bytes) : undefined
}

/** Returns the duration of a GIF in whole seconds; empty for other files. */
export function gifSeconds(bytes: Buffer): { duration?: number } {
  if (text(bytes, 0, 4) !== "GIF8") return {}
  let hundredths = 0
  const control = Buffer.from([0x21, 0xf9, 0x04])
  for (let at = bytes.indexOf(control); at !== -1; at = bytes.indexOf(control, at + 8)) {
    hundredths += bytes.readUInt16LE(at + 4)
  }
  return { duration: Math.round(hundredths / 100) }
}

function webpSize(bytes: Buffer): Size | undefined {
  const kind = text(bytes, 12, 16)
  if (kind === "VP8X") return pair(1 + bytes.readUIntLE(24, 3), 1 + bytes.readUIntLE(27, 3))
  if (kind === "VP8 ") {
    return pair(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff)
  }
  if (kind !== "VP8L") return undefined
  const bits = bytes.readUInt32LE(21)
  return pair(1 + (bits & 0x3fff), 1 + ((bits >>> 14) & 0x3fff))
}

// The frame header contains the size; it follows segments of known lengths.
function jpegSize(bytes: Buffer): Size | undefined {
  let at = 2
  while (at + 9 < bytes.length && bytes[at] === 0xff) {
    const marker = bytes[at + 1] ?? 0
    const isFrame = marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)
    if (isFrame) return pair(bytes.readUInt16BE(at + 7), bytes.readUInt16BE(at + 5))
    at += 2 + bytes.readUInt16BE(at + 2)
  }
  return undefined
}

function pair(width: number, height: number): Size {
  return { width, height }
}

function text(bytes: Buffer, start: number, end: number): string {
  return bytes.toString("latin1", start, end)
}
