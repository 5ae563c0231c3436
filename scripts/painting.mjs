import { deflateSync, crc32 } from "node:zlib"

const width = 640
const height = 360

/** Returns a painted evening sky over the sea, as a PNG: a photo that needs no licence. */
export function painting() {
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      rows.set(colourAt(x, y), y * (1 + width * 3) + 1 + x * 3)
    }
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  return Buffer.concat([
    Buffer.from("89504e470d0a1a0a", "hex"),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows, { level: 9 })),
    chunk("IEND", Buffer.alloc(0)),
  ])
}

/** @param {number} x @param {number} y */
function colourAt(x, y) {
  const horizon = 232
  const isSun = Math.hypot(x - 430, y - 190) < 42
  const slope = Math.max(0, 1 - x / 350)
  const ridge = horizon - slope * (78 + 22 * Math.sin(x / 41) + 9 * Math.sin(x / 17 + 1))
  if (y > horizon) return sea(x, y - horizon)
  if (y > ridge) return [58, 48, 84]
  if (isSun) return [255, 236, 179]
  return mixed([54, 74, 138], [255, 158, 107], y / horizon)
}

/** @param {number} x @param {number} depth */
function sea(x, depth) {
  const isGlint = Math.abs(x - 430) < 12 + depth / 2.2 && Math.sin(depth * 0.9 + x / 31) > 0.25
  return isGlint ? [255, 205, 150] : mixed([150, 98, 118], [28, 42, 84], depth / (height - 232))
}

/** @param {number[]} from @param {number[]} to @param {number} part */
function mixed(from, to, part) {
  return from.map((value, index) => Math.round(value + ((to[index] ?? 0) - value) * part))
}

/** @param {string} type @param {Buffer} data */
function chunk(type, data) {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data])
  const length = Buffer.alloc(4)
  length.writeUInt32BE(data.length)
  const sum = Buffer.alloc(4)
  sum.writeUInt32BE(crc32(body))
  return Buffer.concat([length, body, sum])
}
