import { imageSize, type Size } from "./image-facts.js"

// The longest sides of the sizes in which Telegram stores a photo; the last one is the original.
const sides = [90, 320, 800, 1280]
const unreadable = { width: 1280, height: 960 }

/** Returns the sizes of a photo, the smallest first. */
export function photoSizes(bytes: Buffer): Size[] {
  const originalSize = imageSize(bytes) ?? unreadable
  const longest = Math.max(originalSize.width, originalSize.height)
  const smaller = sides.filter((side) => side < longest && (side > 90 || longest > 100))
  return [...smaller.map((side) => scaled(originalSize, side / longest)), originalSize]
}

function scaled({ width, height }: Size, by: number): Size {
  return {
    width: Math.max(1, Math.round(width * by)),
    height: Math.max(1, Math.round(height * by)),
  }
}
