import type { Document, PhotoSize } from "../../telegram/types.js"
import type { StoredFile } from "./file-store.js"

/** A stored photo in its sizes, of which there is one here. */
export function photoOf(file: StoredFile): PhotoSize[] {
  return [{ ...identityOf(file), ...dimensions(file.bytes) }]
}

/** A stored file as a document. */
export function documentOf(file: StoredFile): Document {
  return {
    file_name: file.name,
    ...(file.type !== "" && { mime_type: file.type }),
    ...identityOf(file),
  }
}

function identityOf({ id, uniqueId, bytes }: StoredFile) {
  return { file_id: id, file_unique_id: uniqueId, file_size: bytes.length }
}

// Read where it is easy: PNG has them at a fixed place.
function dimensions(bytes: Buffer): { width: number; height: number } {
  const isPng = bytes.length >= 24 && bytes.toString("latin1", 1, 4) === "PNG"
  if (!isPng) return { width: 1280, height: 960 }
  return { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) }
}
