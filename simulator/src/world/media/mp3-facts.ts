import type { FileFacts } from "./media-types.js"

// Bitrates in kbit/s and sample rates in Hz of layer 3, for MPEG 1, 2 and 2.5.
const bitrates = [
  [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
] as const
const rates: Readonly<Record<number, readonly number[]>> = {
  0: [11_025, 12_000, 8000],
  2: [22_050, 24_000, 16_000],
  3: [44_100, 48_000, 32_000],
}

/** Returns duration, title and performer of an MP3; `undefined` for other files. */
export function mp3Facts(bytes: Buffer): FileFacts | undefined {
  const hasTags = bytes.toString("latin1", 0, 3) === "ID3"
  const start = hasTags ? 10 + tagLength(bytes, 6) : 0
  const frame = bytes.length >= start + 4 ? frameAt(bytes, start) : undefined
  if (frame === undefined) return hasTags ? tags(bytes, start) : undefined
  return {
    duration: Math.round(secondsOf(bytes, start, frame)),
    ...(hasTags && tags(bytes, start)),
  }
}

interface Frame {
  readonly kilobits: number
  readonly rate: number
  readonly samples: number
}

function frameAt(bytes: Buffer, at: number): Frame | undefined {
  const head = bytes.readUInt32BE(at)
  const version = (head >>> 19) & 3
  const isLayer3 = ((head >>> 17) & 3) === 1
  const rate = rates[version]?.[(head >>> 10) & 3]
  const kilobits = bitrates[version === 3 ? 0 : 1][(head >>> 12) & 15]
  if (head >>> 21 !== 0x7ff || !isLayer3 || rate === undefined || !kilobits) return undefined
  return { kilobits, rate, samples: version === 3 ? 1152 : 576 }
}

// The first frame of a file with a variable bitrate states the number of frames.
function secondsOf(bytes: Buffer, start: number, { kilobits, rate, samples }: Frame): number {
  const window = bytes.subarray(start, start + 200)
  const at = Math.max(window.indexOf("Xing"), window.indexOf("Info"))
  const isCounted = at !== -1 && (window.readUInt32BE(at + 4) & 1) === 1
  if (isCounted) return (window.readUInt32BE(at + 8) * samples) / rate
  return ((bytes.length - start) * 8) / (kilobits * 1000)
}

function tags(bytes: Buffer, end: number): { title?: string; performer?: string } {
  const found = new Map<string, string>()
  for (let at = 10; at + 10 < end;) {
    const name = bytes.toString("latin1", at, at + 4)
    const length = bytes[3] === 4 ? tagLength(bytes, at + 4) : bytes.readUInt32BE(at + 4)
    if (!/^[A-Z][A-Z0-9]{3}$/.test(name) || length === 0) break
    found.set(name, textOf(bytes.subarray(at + 10, at + 10 + length)))
    at += 10 + length
  }
  const title = found.get("TIT2")
  const performer = found.get("TPE1")
  return { ...(title && { title }), ...(performer && { performer }) }
}

function textOf(frame: Buffer): string {
  const encodings = ["latin1", "utf16le", "utf16le", "utf8"] as const
  const encoding = encodings[frame[0] ?? 0] ?? "latin1"
  const bytes = Buffer.from(frame.subarray(1))
  const isBigEndian = encoding === "utf16le" && (frame[0] === 2 || bytes[0] === 0xfe)
  if (isBigEndian && bytes.length % 2 === 0) bytes.swap16()
  return bytes
    .toString(encoding)
    .replace(/^\uFEFF/, "")
    .replace(/\0[^]*$/, "")
}

// A number with seven bits per byte ("synchsafe").
function tagLength(bytes: Buffer, at: number): number {
  return [0, 1, 2, 3].reduce((sum, index) => sum * 128 + ((bytes[at + index] ?? 0) & 0x7f), 0)
}
