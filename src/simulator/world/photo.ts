import type { PhotoSize } from "../../telegram/types.js"
import type { FileStore } from "./file-store.js"

/** Keeps a photo and answers its sizes, of which there is one here. */
export function photoOf(bytes: Buffer, files: FileStore): PhotoSize[] {
  const file = files.add("photos", { name: "photo.jpg", type: "image/jpeg", bytes })
  const { width, height } = dimensions(bytes)
  return [
    { file_id: file.id, file_unique_id: file.uniqueId, file_size: bytes.length, width, height },
  ]
}

// Read where it is easy: PNG has them at a fixed place.
function dimensions(bytes: Buffer): { width: number; height: number } {
  const isPng = bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG"
  if (!isPng) return { width: 1280, height: 960 }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
