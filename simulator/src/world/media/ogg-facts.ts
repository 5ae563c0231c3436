import type { FileFacts } from "./media-types.js"

/**
 * Returns duration, title and performer of an Ogg with Opus or Vorbis; `undefined` for other files.
 */
export function oggFacts(bytes: Buffer): FileFacts | undefined {
  if (bytes.toString("latin1", 0, 4) !== "OggS") return undefined
  const opus = bytes.indexOf("OpusHead")
  const vorbis = bytes.indexOf("\u0001vorbis", 0, "latin1")
  const rate = opus === -1 ? rateOf(bytes, vorbis) : 48_000
  const skipped = opus === -1 ? 0 : bytes.readUInt16LE(opus + 10)
  const last = bytes.lastIndexOf("OggS")
  const samples = Number(bytes.readBigInt64LE(last + 6)) - skipped
  const duration = rate > 0 && samples > 0 ? Math.round(samples / rate) : 0
  return { duration, ...comments(bytes) }
}

function rateOf(bytes: Buffer, vorbis: number): number {
  return vorbis === -1 ? 0 : bytes.readUInt32LE(vorbis + 12)
}

function comments(bytes: Buffer): { title?: string; performer?: string } {
  const tags = bytes.indexOf("OpusTags")
  const at = tags === -1 ? bytes.indexOf("\u0003vorbis", 0, "latin1") + 7 : tags + 8
  if (at < 8) return {}
  const found = new Map<string, string>()
  let next = at + 4 + bytes.readUInt32LE(at)
  const count = Math.min(bytes.readUInt32LE(next), 100)
  next += 4
  for (let index = 0; index < count; index++) {
    const length = bytes.readUInt32LE(next)
    const [name = "", ...value] = bytes.toString("utf8", next + 4, next + 4 + length).split("=")
    found.set(name.toLowerCase(), value.join("="))
    next += 4 + length
  }
  const title = found.get("title")
  const performer = found.get("artist")
  return { ...(title && { title }), ...(performer && { performer }) }
}
