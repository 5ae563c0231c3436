import type { FileFacts } from "./media-types.js"
import { gifSeconds, imageSize } from "./image-facts.js"
import { mp3Facts } from "./mp3-facts.js"
import { mp4Facts } from "./mp4-facts.js"
import { oggFacts } from "./ogg-facts.js"

/**
 * Reads size, duration, title and performer from the bytes of a PNG, JPEG, GIF, WEBP, MP4, Ogg or
 * MP3. Returns no facts for other files, and omits those missing in a damaged file.
 */
export function fileFacts(bytes: Buffer): FileFacts {
  try {
    const size = imageSize(bytes)
    if (size !== undefined) return { ...size, ...gifSeconds(bytes) }
    return mp4Facts(bytes) ?? oggFacts(bytes) ?? mp3Facts(bytes) ?? {}
  } catch (error) {
    // A truncated file makes a read exceed the buffer.
    if (error instanceof RangeError) return {}
    throw error
  }
}
