import { expect, test } from "vitest"
import { fileFacts } from "../../src/world/media/file-facts.js"

function box(type: string, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const head = Buffer.alloc(8)
  head.writeUInt32BE(content.length + 8)
  head.write(type, 4, "latin1")
  return Buffer.concat([head, content])
}

function numbers(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4)
  for (const [at, value] of values.entries()) bytes.writeUInt32BE(value, at * 4)
  return bytes
}

const mvhd = box("mvhd", numbers(0, 0, 0, 1000, 5000), Buffer.alloc(80))
const tkhd = box("tkhd", Buffer.alloc(76), numbers(320 * 65_536, 240 * 65_536))
const sound = box("tkhd", Buffer.alloc(84))
const mp4 = Buffer.concat([
  box("ftyp", Buffer.from("isom0000")),
  box("free", Buffer.alloc(9)),
  box("moov", mvhd, box("trak", sound), box("trak", tkhd)),
])

function page(granule: bigint, content: Buffer): Buffer {
  const head = Buffer.alloc(27)
  head.write("OggS", 0, "latin1")
  head.writeBigInt64LE(granule, 6)
  return Buffer.concat([head, content])
}

function text(value: string): Buffer {
  const length = Buffer.alloc(4)
  length.writeUInt32LE(Buffer.byteLength(value))
  return Buffer.concat([length, Buffer.from(value)])
}

const opusHead = Buffer.concat([
  Buffer.from("OpusHead"),
  Buffer.from("0102", "hex"),
  Buffer.from("3801", "hex"),
  Buffer.alloc(7),
])
const two = Buffer.from("02000000", "hex")
const tags = Buffer.concat([
  Buffer.from("OpusTags"),
  text("x"),
  two,
  text("TITLE=Tea"),
  text("artist=Ada"),
])
const ogg = Buffer.concat([
  page(0n, opusHead),
  page(0n, tags),
  page(48_000n * 7n + 312n, Buffer.alloc(9)),
])

// 128 kilobits per second at 44,100 hertz.
const frames = Buffer.concat([Buffer.from("fffb9000", "hex"), Buffer.alloc(16_000 * 3 - 4)])
const title = Buffer.concat([
  Buffer.from("TIT2"),
  numbers(4),
  Buffer.from("0000", "hex"),
  Buffer.from("\u0000Tea", "latin1"),
])
const id3 = Buffer.concat([
  Buffer.from("ID3\u0003\u0000\u0000", "latin1"),
  numbers(title.length),
  title,
])
const xing = Buffer.concat([
  Buffer.from("fffb9000", "hex"),
  Buffer.alloc(32),
  Buffer.from("Xing"),
  numbers(1, 383),
  Buffer.alloc(200),
])

function webp(kind: string, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from("RIFF0000WEBP"), Buffer.from(kind), Buffer.alloc(4), content])
}

test.each([
  ["MP4", mp4, { duration: 5, width: 320, height: 240 }],
  ["MP4 without a video", box("ftyp", Buffer.from("isom0000")), {}],
  ["Ogg with Opus", ogg, { duration: 7, title: "Tea", performer: "Ada" }],
  ["MP3", frames, { duration: 3 }],
  ["MP3 with tags", Buffer.concat([id3, frames]), { duration: 3, title: "Tea" }],
  ["MP3 with a variable bitrate", xing, { duration: 10 }],
  ["JPEG", Buffer.from("ffd8ffe000040000ffc0000b080030004003", "hex"), { width: 64, height: 48 }],
  ["WEBP", webp("VP8 ", Buffer.from("0000009d012a40003000", "hex")), { width: 64, height: 48 }],
  ["lossless WEBP", webp("VP8L", Buffer.from("2f3fc00b00", "hex")), { width: 64, height: 48 }],
  [
    "extended WEBP",
    webp("VP8X", Buffer.from("000000003f00002f0000", "hex")),
    { width: 64, height: 48 },
  ],
  ["text", Buffer.from("Hello, this is no video"), {}],
  ["nothing", Buffer.alloc(0), {}],
])("the facts of a %s are read from the file", (_, bytes, facts) => {
  expect(fileFacts(bytes)).toEqual(facts)
})

test.each([
  ["MP4", mp4],
  ["Ogg", ogg],
  ["MP3", Buffer.concat([id3, frames.subarray(0, 40)])],
])("a %s that is cut anywhere is read as far as it goes", (_, bytes) => {
  for (let length = 0; length < bytes.length; length++) {
    expect(() => fileFacts(bytes.subarray(0, length))).not.toThrow()
  }
})
