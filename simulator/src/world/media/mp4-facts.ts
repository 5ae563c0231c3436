import type { FileFacts } from "./media-types.js"

/** Returns duration and size of an MP4; `undefined` for other files. */
export function mp4Facts(bytes: Buffer): FileFacts | undefined {
  if (bytes.toString("latin1", 4, 8) !== "ftyp") return undefined
  const movie = boxes(bytes).get("moov")?.[0]
  if (movie === undefined) return {}
  const parts = boxes(movie)
  const header = parts.get("mvhd")?.[0]
  const tracks = (parts.get("trak") ?? []).map((track) => boxes(track).get("tkhd")?.[0])
  const size = tracks.map((track) => sizeOf(track)).find(({ width = 0 }) => width > 0)
  return { ...(header && { duration: seconds(header) }), ...size }
}

/** Returns the sibling boxes by their type. */
function boxes(bytes: Buffer): Map<string, Buffer[]> {
  const boxesByType = new Map<string, Buffer[]>()
  let at = 0
  while (at + 8 <= bytes.length) {
    const isLong = bytes.readUInt32BE(at) === 1 && at + 16 <= bytes.length
    const statedSize = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : bytes.readUInt32BE(at)
    const head = isLong ? 16 : 8
    const length = statedSize === 0 ? bytes.length - at : statedSize
    if (length < head) break
    const type = bytes.toString("latin1", at + 4, at + 8)
    boxesByType.set(type, [
      ...(boxesByType.get(type) ?? []),
      bytes.subarray(at + head, at + length),
    ])
    at += length
  }
  return boxesByType
}

function seconds(header: Buffer): number {
  const isLong = header[0] === 1
  const scale = header.readUInt32BE(isLong ? 20 : 12)
  const length = isLong ? Number(header.readBigUInt64BE(24)) : header.readUInt32BE(16)
  return scale === 0 ? 0 : Math.round(length / scale)
}

// The last two numbers are width and height, in 16.16 fixed point.
function sizeOf(track: Buffer | undefined): { width?: number; height?: number } {
  if (track === undefined || track.length < 8) return {}
  const at = track.length - 8
  return { width: track.readUInt32BE(at) >>> 16, height: track.readUInt32BE(at + 4) >>> 16 }
}
