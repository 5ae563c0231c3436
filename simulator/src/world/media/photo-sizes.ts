import { imageSize, type Size } from "./image-facts.js"

// The longest sides of the sizes in which Telegram stores a photo.
const sides = [90, 320, 800, 1280]
/** The longest side of the largest size; a larger original is scaled down. */
const maxSide = 2560
const unreadable = { width: 1280, height: 960 }

/** Returns the sizes of a photo, the smallest first. */
export function photoSizes(bytes: Buffer): Size[] {
  const originalSize = imageSize(bytes) ?? unreadable
  const longest = Math.max(originalSize.width, originalSize.height)
  const smaller = sides.filter((side) => side < longest && (side > 90 || longest > 100))
  const largest = longest > maxSide ? scaled(originalSize, maxSide / longest) : originalSize
  return [...smaller.map((side) => scaled(originalSize, side / longest)), largest]
}

function scaled({ width, height }: Size, by: number): Size {
  return {
    width: Math.max(1, Math.round(width * by)),
    height: Math.max(1, Math.round(height * by)),
  }
}
