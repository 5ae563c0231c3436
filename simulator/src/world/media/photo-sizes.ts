import { ownValue } from "../../ground/own-value.js"
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

/** The longest side of the thumbnail that Telegram makes of a picture, by the folder of the file. */
const thumbnailSides: Readonly<Record<string, number>> = {
  documents: 320,
  animations: 320,
  stickers: 128,
}

/** Returns the size of the thumbnail of a picture; `undefined` for other files. */
export function thumbnailSize(folder: string, bytes: Buffer): Size | undefined {
  const side = ownValue(thumbnailSides, folder)
  const size = side === undefined ? undefined : imageSize(bytes)
  if (side === undefined || size === undefined) return undefined
  return scaled(size, Math.min(1, side / Math.max(size.width, size.height)))
}

/** The largest sum of the sides of a photo, and the largest proportion of its sides. */
const maxSum = 10_000
const maxProportion = 20

/** Returns Telegram's error for bytes that cannot be a photo; `undefined` for a photo. */
export function photoProblem(bytes: Buffer): string | undefined {
  const size = imageSize(bytes)
  if (size === undefined) return "IMAGE_PROCESS_FAILED"
  const { width, height } = size
  const proportion = Math.max(width, height) / Math.min(width, height)
  const isFit = width + height <= maxSum && proportion <= maxProportion
  return isFit ? undefined : "PHOTO_INVALID_DIMENSIONS"
}

function scaled({ width, height }: Size, by: number): Size {
  return {
    width: Math.max(1, Math.round(width * by)),
    height: Math.max(1, Math.round(height * by)),
  }
}
